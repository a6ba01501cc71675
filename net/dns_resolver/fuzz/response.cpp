// SPDX-License-Identifier: ISC
// Any message as the response of the server of example.org: nothing that it says is of another zone, and a
// referral leads down. covers: src/response.cpp src/record_set.cpp
#include <cstdint>
#include <cstdlib>
#include <span>

#include "mirage/dns_resolver/response.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using kind = dns_response::kind;
  const cbytes message = std::as_bytes(std::span(data, size));
  const dns::name zone = *dns::name::parse("example.org");
  const dns::name name = *dns::name::parse("www.sub.example.org");
  const dns_response response = read_response(message, zone, name, dns::record_type::a);
  std::size_t records = 0;
  response.records.for_each([&](cbytes) { ++records; });
  switch (response.what) {
    case kind::useless: check(records == 0); break;
    case kind::answer:
    case kind::alias: check(records > 0 && response.records.owner == name); break;
    case kind::referral: {
      const dns::name_view child = response.records.owner;
      check(records > 0 && child != zone.view() && child.is_within(zone) && name.view().is_within(child));
      break;
    }
    case kind::no_data:
    case kind::no_name: check(records == 0 || name.view().is_within(response.records.owner)); break;
  }
  for (const dns_record_set& each : response.glue) {
    check(each.owner.view().is_within(zone));
#ifdef MIRAGE_PLANTED_BUG
    check(each.type != dns::record_type::aaaa);
#endif
  }
  for (const dns_record_set& each : response.proof) check(each.owner.view().is_within(zone) && !each.empty());
  check(records <= 256 && denial_ttl(response.records) <= 0x7fffffff);
  return 0;
}
