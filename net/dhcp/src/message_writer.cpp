// SPDX-License-Identifier: ISC
#include "mirage/dhcp/message_writer.hpp"

#include <algorithm>
#include <cstring>

#include "mirage/core/panic.hpp"

namespace mirage {

namespace {

constexpr std::size_t end_size = 1;
constexpr std::size_t overload_size = 3;
constexpr std::size_t greatest_piece = 255;

[[nodiscard]] std::size_t size_with_headers(std::size_t value) noexcept {
  const std::size_t pieces = value == 0 ? 1 : (value + greatest_piece - 1) / greatest_piece;
  return value + 2 * pieces;
}

}  // namespace

dhcp_message_writer::dhcp_message_writer(bytes to, const dhcp_header& header, cbytes at_end) noexcept
    : to_(to), at_end_(at_end) {
  require(
      to.size() >= dhcp_message::least_size && header.hardware_address.size() <= dhcp_message::hardware_size,
      "a DHCP message has no room");
  std::memset(to.data(), 0, to.size());
  std::byte* p = to.data();
  p[0] = std::byte{static_cast<std::uint8_t>(header.operation)};
  p[1] = std::byte{header.hardware_type};
  p[2] = std::byte{static_cast<std::uint8_t>(header.hardware_address.size())};
  store_be32(p + 4, header.transaction);
  store_be16(p + 8, header.seconds);
  store_be16(p + 10, header.flags);
  header.client_address.store(p + 12);
  header.your_address.store(p + 16);
  header.next_server.store(p + 20);
  header.relay.store(p + 24);
  std::ranges::copy(header.hardware_address, p + 28);
  store_be32(p + 236, dhcp_message::magic_cookie);

  const std::size_t kept = end_size + overload_size + at_end.size();
  const std::size_t behind = to.size() - dhcp_message::options_offset;
  if (behind < kept) at_end_ = {};
  fields_[0].room =
      to.subspan(dhcp_message::options_offset, behind - end_size - overload_size - at_end_.size());
  fields_[1].room = to.subspan(dhcp_message::file_offset, dhcp_message::file_size - end_size);
  fields_[2].room = to.subspan(dhcp_message::server_name_offset, dhcp_message::server_name_size - end_size);
}

// A value is put in one field: which of those that are left has room for it. Never an earlier one, because
// the order of the pieces of a value is that of the fields.
bool dhcp_message_writer::fits(std::size_t size, std::size_t& first) const noexcept {
  for (first = current_; first < fields_.size(); ++first)
    if (fields_[first].room.size() - fields_[first].used >= size) return true;
  return false;
}

bool dhcp_message_writer::add(dhcp_option code, cbytes value) noexcept {
  std::size_t chosen = 0;
  if (!fits(size_with_headers(value.size()), chosen)) return false;
  current_ = chosen;
  field& to = fields_[chosen];
  do {
    const std::size_t piece = std::min(value.size(), greatest_piece);
    std::byte* p = to.room.data() + to.used;
    p[0] = std::byte{static_cast<std::uint8_t>(code)};
    p[1] = std::byte{static_cast<std::uint8_t>(piece)};
    std::copy_n(value.begin(), piece, p + 2);
    to.used += 2 + piece;
    value = value.subspan(piece);
  } while (!value.empty());
  return true;
}

bool dhcp_message_writer::add8(dhcp_option code, std::uint8_t value) noexcept {
  const std::array<std::byte, 1> written{std::byte{value}};
  return add(code, written);
}

bool dhcp_message_writer::add16(dhcp_option code, std::uint16_t value) noexcept {
  std::array<std::byte, 2> written;
  store_be16(written.data(), value);
  return add(code, written);
}

bool dhcp_message_writer::add32(dhcp_option code, std::uint32_t value) noexcept {
  std::array<std::byte, 4> written;
  store_be32(written.data(), value);
  return add(code, written);
}

bool dhcp_message_writer::add(dhcp_option code, std::span<const ipv4_address> addresses) noexcept {
  std::array<std::byte, 64> written;
  const std::size_t count = std::min(addresses.size(), written.size() / ipv4_address::size);
  for (std::size_t i = 0; i < count; ++i) addresses[i].store(written.data() + i * ipv4_address::size);
  return count == 0 || add(code, cbytes(written).first(count * ipv4_address::size));
}

bool dhcp_message_writer::add(std::span<const dhcp_route> routes) noexcept {
  std::array<std::byte, most_dhcp_routes * 9> written;
  std::size_t size = 0;
  for (const dhcp_route& each : routes.first(std::min(routes.size(), most_dhcp_routes))) {
    std::array<std::byte, ipv4_address::size> destination;
    each.to.network().address().store(destination.data());
    const std::size_t significant = (each.to.length() + 7) / 8;
    written[size++] = std::byte{static_cast<std::uint8_t>(each.to.length())};
    std::copy_n(destination.begin(), significant, written.data() + size);
    size += significant;
    each.router.store(written.data() + size);
    size += ipv4_address::size;
  }
  return size == 0 || add(dhcp_option::classless_routes, cbytes(written).first(size));
}

std::size_t dhcp_message_writer::finish() noexcept {
  const unsigned overload = (fields_[1].used > 0 ? 1U : 0U) | (fields_[2].used > 0 ? 2U : 0U);
  std::byte* p = fields_[0].room.data() + fields_[0].used;
  if (overload != 0) {
    *p++ = std::byte{static_cast<std::uint8_t>(dhcp_option::overload)};
    *p++ = std::byte{1};
    *p++ = std::byte{static_cast<std::uint8_t>(overload)};
    for (const std::size_t i : {std::size_t{1}, std::size_t{2}})
      if (fields_[i].used > 0) fields_[i].room.data()[fields_[i].used] = std::byte{255};
  }
  p = std::ranges::copy(at_end_, p).out;
  *p++ = std::byte{255};
  return std::max(static_cast<std::size_t>(p - to_.data()), dhcp_message::least_size);
}

}  // namespace mirage
