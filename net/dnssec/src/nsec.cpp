// SPDX-License-Identifier: ISC
#include "nsec.hpp"

#include <array>

namespace mirage::dnssec {

namespace {

using dns::name_view;
using dns::record_type;

struct span_of_names {
  name_view first;
  name_view next;
  cbytes types;
};

std::optional<span_of_names> read(const denial_record& from) noexcept {
  if (from.type != record_type::nsec) return std::nullopt;
  const auto next = name_view::front_of(from.rdata);
  if (!next) return std::nullopt;
  return span_of_names{from.owner, *next, from.rdata.subspan(next->size())};
}

/// A cut's or a DNAME's record says nothing of what is below it (RFC 6840 §4.1).
bool ends_below(const span_of_names& each) noexcept {
  const auto has = [&](record_type type) { return dns::bitmap_has(each.types, type); };
  return has(record_type::dname) || (has(record_type::ns) && !has(record_type::soa));
}

bool covers(const span_of_names& each, name_view name, name_view zone) noexcept {
  if (!name.is_within(zone) || !each.first.is_within(zone) || !each.next.is_within(zone)) return false;
  if (name <= each.first || (name.is_within(each.first) && ends_below(each))) return false;
  return name < each.next || each.next == zone;
}

std::optional<span_of_names> covering(name_view name, name_view zone, denials from) noexcept {
  for (const denial_record& each : from)
    if (const auto found = read(each); found && covers(*found, name, zone)) return found;
  return std::nullopt;
}

name_view shared(name_view a, name_view b) noexcept {
  while (!b.is_within(a)) a = a.parent();
  return a;
}

}  // namespace

dns::name wildcard_of(name_view closest) noexcept {
  dns::name made(closest);
  (void)made.prepend(std::array{std::byte{'*'}});
  return made;
}

std::optional<cbytes> nsec_matching(name_view name, denials from) noexcept {
  for (const denial_record& each : from)
    if (const auto found = read(each); found && found->first == name) return found->types;
  return std::nullopt;
}

bool nsec_covers_any(name_view name, name_view zone, denials from) noexcept {
  return covering(name, zone, from).has_value();
}

std::optional<dns::name> nsec_encloser(name_view name, name_view zone, denials from) noexcept {
  const auto found = covering(name, zone, from);
  if (!found || found->next.is_within(name)) return std::nullopt;
  const name_view before = shared(found->first, name);
  const name_view behind = shared(found->next, name);
  return dns::name(before.labels() > behind.labels() ? before : behind);
}

bool nsec_is_between(name_view name, name_view zone, denials from) noexcept {
  const auto found = covering(name, zone, from);
  return found && found->next.is_within(name);
}

}  // namespace mirage::dnssec
