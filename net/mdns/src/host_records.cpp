// SPDX-License-Identifier: ISC
#include "mirage/mdns/host_records.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <string_view>

#include "mirage/core/endian.hpp"

namespace mirage::mdns {

namespace {

struct address_data {
  std::array<std::byte, 16> octets{};
  std::size_t size = 0;
  [[nodiscard]] cbytes view() const noexcept { return cbytes(octets).first(size); }
};

address_data data_of(const ip_address& address) noexcept {
  address_data data;
  data.size = address.is_v4() ? 4 : 16;
  if (address.is_v4())
    address.v4().store(data.octets.data());
  else
    address.v6().store(data.octets.data());
  return data;
}

dns::record_type type_of(const ip_address& address) noexcept {
  return address.is_v4() ? dns::record_type::a : dns::record_type::aaaa;
}

/// What RFC 6762 §8.2.1 orders records by.
struct sortable {
  std::uint16_t in_class = 0;
  std::uint16_t type = 0;
  cbytes data{};
};

int compare(cbytes a, cbytes b) noexcept {
  const int front = std::memcmp(a.data(), b.data(), std::min(a.size(), b.size()));
  if (front != 0) return front;
  return a.size() < b.size() ? -1 : a.size() > b.size() ? 1 : 0;
}
int compare(const sortable& a, const sortable& b) noexcept {
  if (a.in_class != b.in_class) return a.in_class < b.in_class ? -1 : 1;
  if (a.type != b.type) return a.type < b.type ? -1 : 1;
  return compare(a.data, b.data);
}

constexpr std::size_t most_sorted = 32;
using sorted_records = inline_vector<sortable, most_sorted>;

void sort(sorted_records& all) noexcept {
  std::sort(all.begin(), all.end(), [](const sortable& a, const sortable& b) { return compare(a, b) < 0; });
}

/// What a probe proposes for the name; what is malformed or too much is left out.
sorted_records proposed_in(cbytes message, dns::name_view name) noexcept {
  sorted_records all;
  auto reader = dns::message_reader::open(message);
  if (!reader) return all;
  while (!all.full()) {
    const auto next = reader->next_record();
    if (!next || !*next) break;
    const dns::record& each = **next;
    if (each.where != dns::section::authority || !(each.owner.view() == name)) continue;
    all.push_back({.in_class = static_cast<std::uint16_t>(without_top_bit(each.in_class)),
                   .type = static_cast<std::uint16_t>(each.type),
                   .data = reader->raw_rdata(each)});
  }
  sort(all);
  return all;
}

/// The number behind the last hyphen of `name-2`, and how long `name` is; 1 where there is none.
struct numbered_label {
  std::size_t stem;
  unsigned number;
};
numbered_label split(std::string_view label) noexcept {
  const std::size_t hyphen = label.rfind('-');
  if (hyphen == std::string_view::npos || hyphen == 0) return {label.size(), 1};
  unsigned number = 0;
  const char* const end = label.data() + label.size();
  const auto read = std::from_chars(label.data() + hyphen + 1, end, number);
  if (read.ec != std::errc() || read.ptr != end || number < 2 || number > 9999) return {label.size(), 1};
  return {hyphen, number};
}

}  // namespace

bool host_records::set_addresses(std::span<const ip_address> all) noexcept {
  decltype(addresses) next;
  for (const ip_address& each : all)
    if (!next.full()) next.push_back(each);
  if (std::is_permutation(next.begin(), next.end(), addresses.begin(), addresses.end())) return false;
  addresses = next;
  return true;
}

void host_records::rename() noexcept {
  const std::string_view label = as_text(name.view().label());
  const numbered_label now = split(label);
  std::array<char, dns::longest_label> made{};
  std::array<char, 8> suffix{'-'};
  const auto written = std::to_chars(suffix.data() + 1, suffix.data() + suffix.size(), now.number + 1);
  const auto extra = static_cast<std::size_t>(written.ptr - suffix.data());
  const std::size_t stem = std::min(now.stem, made.size() - extra);
  std::copy_n(label.begin(), stem, made.begin());
  std::copy_n(suffix.begin(), extra, made.begin() + static_cast<std::ptrdiff_t>(stem));
  dns::name next(name.view().parent());
  if (next.prepend(std::as_bytes(std::span(made).first(stem + extra)))) name = next;
}

record_bits host_records::answer(dns::record_type type) const noexcept {
  record_bits bits = type == dns::record_type::nsec ? nsec_bit : 0;
  for (std::size_t i = 0; i < addresses.size(); ++i)
    if (type == dns::record_type::any || type == type_of(addresses[i])) bits |= record_bits{1} << i;
  return bits != 0 ? bits : nsec_bit;
}

record_bits host_records::find(const dns::message_reader& in, const dns::record& what) const noexcept {
  if (!(what.owner == name) || without_top_bit(what.in_class) != dns::record_class::in) return 0;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    const address_data data = data_of(addresses[i]);
    if (what.type == type_of(addresses[i]) && compare(in.raw_rdata(what), data.view()) == 0)
      return record_bits{1} << i;
  }
  return 0;
}

bool host_records::write(dns::message_writer& to, dns::section where, record_bits which,
                         dns::record_class in_class, std::uint32_t ttl) const noexcept {
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    if ((which & record_bits{1} << i) == 0) continue;
    const address_data data = data_of(addresses[i]);
    if (!to.add_record(where, name, type_of(addresses[i]), in_class, ttl, data.view())) return false;
  }
  if ((which & nsec_bit) == 0) return true;
  // RFC 6762 §6.1: the name itself, and a bit for each of our types, all in the first block.
  constexpr std::size_t longest_bitmap = 2 + 4;
  std::array<std::byte, dns::longest_name + longest_bitmap> data{};
  const cbytes own = name.view().wire();
  std::copy(own.begin(), own.end(), data.begin());
  std::byte* const bitmap = data.data() + own.size();
  for (const ip_address& each : addresses) {
    const auto type = static_cast<unsigned>(type_of(each));
    bitmap[1] = std::max(bitmap[1], static_cast<std::byte>(type / 8 + 1));
    bitmap[2 + type / 8] |= std::byte{0x80} >> (type % 8);
  }
  const std::size_t size = own.size() + 2 + std::to_integer<std::size_t>(bitmap[1]);
  return to.add_record(where, name, dns::record_type::nsec, in_class, ttl, cbytes(data).first(size));
}

int host_records::compare_with(cbytes message) const noexcept {
  const sorted_records theirs = proposed_in(message, name);
  std::array<address_data, most_addresses> data;
  sorted_records ours;
  for (std::size_t i = 0; i < addresses.size(); ++i) {
    data[i] = data_of(addresses[i]);
    ours.push_back({.in_class = static_cast<std::uint16_t>(dns::record_class::in),
                    .type = static_cast<std::uint16_t>(type_of(addresses[i])),
                    .data = data[i].view()});
  }
  sort(ours);
  for (std::size_t i = 0; i < ours.size() && i < theirs.size(); ++i)
    if (const int order = compare(ours[i], theirs[i]); order != 0) return order;
  return ours.size() < theirs.size() ? -1 : ours.size() > theirs.size() ? 1 : 0;
}

}  // namespace mirage::mdns
