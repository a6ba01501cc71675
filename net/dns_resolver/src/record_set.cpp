// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/record_set.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"

namespace mirage {

namespace {

void add_once(std::vector<std::byte>& to, cbytes rdata) {
  bool is_there = false;
  dnssec::for_each_record(to, [&](cbytes each) { is_there = is_there || std::ranges::equal(each, rdata); });
  if (is_there) return;
  const std::size_t before = to.size();
  to.resize(before + 2 + rdata.size());
  store_be16(&to[before], static_cast<std::uint16_t>(rdata.size()));
  std::ranges::copy(rdata, to.begin() + static_cast<std::ptrdiff_t>(before + 2));
}

}  // namespace

void dns_record_set::add(cbytes rdata) { add_once(data, rdata); }
void dns_record_set::add_signature(cbytes rdata) { add_once(signatures, rdata); }

}  // namespace mirage
