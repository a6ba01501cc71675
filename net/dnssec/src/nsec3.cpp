// SPDX-License-Identifier: ISC
#include "nsec3.hpp"

#include <algorithm>

#include "mirage/dns/rdata.hpp"

namespace mirage::dnssec {

namespace {

using dns::name_view;
using dns::record_type;

constexpr std::byte sha1{1};
constexpr std::byte opt_out{1};
constexpr std::uint16_t most_iterations = 50;

/// Hash, flags, iterations, salt, next hash, types: RFC 5155 §3.2. Nothing where it cannot be understood
/// (§8.1, §8.2).
struct fields {
  bool is_opt_out;
  dns::nsec3_hash next;
  cbytes types;
};

std::optional<fields> read(const denial_record& from) noexcept {
  constexpr std::size_t hash_size = sizeof(dns::nsec3_hash);
  if (from.type != record_type::nsec3 || !dns::is_valid_rdata(from.type, from.rdata)) return std::nullopt;
  if (from.rdata[0] != sha1 || (from.rdata[1] & ~opt_out) != std::byte{0}) return std::nullopt;
  const std::size_t next_at = 5 + static_cast<std::size_t>(from.rdata[4]);
  if (static_cast<std::size_t>(from.rdata[next_at]) != hash_size || from.owner.label().size() != 32)
    return std::nullopt;
  fields made{from.rdata[1] == opt_out, {}, from.rdata.subspan(next_at + 1 + hash_size)};
  std::ranges::copy(from.rdata.subspan(next_at + 1, hash_size), made.next.begin());
  return made;
}

std::array<std::byte, 32> lower_label(name_view owner) noexcept {
  dns::name folded(owner);
  folded.lower();
  std::array<std::byte, 32> made{};
  std::ranges::copy(folded.view().label(), made.begin());
  return made;
}

}  // namespace

std::optional<nsec3_proofs> nsec3_proofs::open(name_view zone, denials from) noexcept {
  for (const denial_record& each : from)
    if (read(each)) return nsec3_proofs(zone, from, dns::nsec3_parameters::of(each.rdata));
  return std::nullopt;
}

bool nsec3_proofs::is_too_costly() const noexcept { return parameters_.iterations > most_iterations; }

bool nsec3_proofs::is_ours(const denial_record& each) const noexcept {
  const auto its = dns::nsec3_parameters::of(each.rdata);
  return its.iterations == parameters_.iterations && std::ranges::equal(its.salt, parameters_.salt) &&
         each.owner.parent() == zone_;
}

nsec3_proofs::label nsec3_proofs::hash(name_view name) const noexcept {
  return dns::nsec3_label(dns::hash_nsec3(name, parameters_));
}

// The digits of base32 with the extended alphabet sort as the octets do (RFC 4648 §7).
std::optional<nsec3_proofs::span_of_hashes> nsec3_proofs::covering(const label& hash) const noexcept {
  for (const denial_record& each : from_) {
    const auto found = read(each);
    if (!found || !is_ours(each)) continue;
    const label first = lower_label(each.owner);
    const label next = dns::nsec3_label(found->next);
    const bool is_inside = first < next ? first < hash && hash < next : first < hash || hash < next;
    if (is_inside) return span_of_hashes{found->is_opt_out};
  }
  return std::nullopt;
}

std::optional<cbytes> nsec3_proofs::matching(const label& hash) const noexcept {
  for (const denial_record& each : from_) {
    const auto found = read(each);
    if (found && is_ours(each) && lower_label(each.owner) == hash) return found->types;
  }
  return std::nullopt;
}

std::optional<nsec3_proofs::span_of_hashes> nsec3_proofs::covering(name_view name) const noexcept {
  return covering(hash(name));
}

std::optional<cbytes> nsec3_proofs::matching(name_view name) const noexcept { return matching(hash(name)); }

std::optional<nsec3_proofs::closest> nsec3_proofs::find_closest(name_view name) const noexcept {
  if (!name.is_within(zone_) || name == zone_) return std::nullopt;
  label longer = hash(name);
  for (name_view above = name.parent();; above = above.parent()) {
    const label here = hash(above);
    if (const auto types = matching(here)) {
      // What is below a cut or a DNAME is not of this zone (RFC 5155 §8.3).
      const auto has = [&](record_type type) { return dns::bitmap_has(*types, type); };
      if (has(record_type::dname) || (has(record_type::ns) && !has(record_type::soa))) return std::nullopt;
      const auto covered = covering(longer);
      return closest{above, covered.has_value(), covered && covered->is_opt_out};
    }
    if (above == zone_) return std::nullopt;
    longer = here;
  }
}

}  // namespace mirage::dnssec
