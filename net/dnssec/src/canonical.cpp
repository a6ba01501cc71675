// SPDX-License-Identifier: ISC
#include "mirage/dnssec/canonical.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

#include "mirage/dns/rdata.hpp"

namespace mirage::dnssec {

namespace {

using dns::record_type;
using octets = std::vector<std::byte>;

void append(octets& to, cbytes what) { to.insert(to.end(), what.begin(), what.end()); }

void append_lower(octets& to, dns::name_view what) {
  dns::name folded(what);
  folded.lower();
  append(to, folded.view().wire());
}

/// The types whose names are written in lower case: those that RFC 4034 §6.2 lists, as RFC 6840 §5.1 corrects
/// it. In those that came later names stay as they are.
constexpr std::array folded_types{
    record_type::ns,   record_type::md,    record_type::mf,    record_type::cname, record_type::soa,
    record_type::mb,   record_type::mg,    record_type::mr,    record_type::ptr,   record_type::minfo,
    record_type::mx,   record_type::rp,    record_type::afsdb, record_type::rt,    record_type::sig,
    record_type::px,   record_type::naptr, record_type::kx,    record_type::srv,   record_type::dname,
    record_type::rrsig};

octets canonical_data(record_type type, cbytes rdata) {
  octets made;
  made.reserve(rdata.size());
  if (std::ranges::find(folded_types, type) != folded_types.end()) {
    for (const char field : dns::rdata_layout(type)) {
      std::size_t size = 0;
      if (field == 'N' || field == 'n') {
        const dns::name_view found = dns::name_view::front_of(rdata).value_or(dns::name_view());
        size = std::min(found.size(), rdata.size());
        append_lower(made, found);
      } else {
        size = dns::field_size(field, rdata).value_or(rdata.size());
        append(made, rdata.first(size));
      }
      rdata = rdata.subspan(size);
    }
  }
  append(made, rdata);
  return made;
}

}  // namespace

octets signed_data(const signature& by, const record_set_view& records) {
  const unsigned labels = records.owner.labels() - (records.owner.is_wildcard() ? 1 : 0);
  if (by.labels > labels) return {};

  std::vector<octets> sorted;
  for_each_record(records.data, [&](cbytes rdata) { sorted.push_back(canonical_data(records.type, rdata)); });
  std::ranges::sort(sorted);
  const auto repeated = std::ranges::unique(sorted);
  sorted.erase(repeated.begin(), repeated.end());

  octets front;  // of every record: its owner, type, class and TTL
  if (by.labels < labels) append(front, std::array{std::byte{1}, std::byte{'*'}});
  append_lower(front, by.labels < labels ? records.owner.suffix(by.labels) : records.owner);
  std::array<std::byte, 8> fixed{};
  store_be16(fixed.data(), static_cast<std::uint16_t>(records.type));
  store_be16(&fixed[2], static_cast<std::uint16_t>(dns::record_class::in));
  store_be32(&fixed[4], by.ttl);
  append(front, fixed);

  octets made;
  append(made, by.fixed);
  append_lower(made, by.signer);
  for (const octets& each : sorted) {
    append(made, front);
    std::array<std::byte, 2> size{};
    store_be16(size.data(), static_cast<std::uint16_t>(each.size()));
    append(made, size);
    append(made, each);
  }
  return made;
}

}  // namespace mirage::dnssec
