// SPDX-License-Identifier: ISC
#include "mirage/dhcp/options.hpp"

#include <algorithm>
#include <cstring>

namespace mirage {

namespace {

/// One option off the front of a field; false at its end.
struct option_reader {
  cbytes rest;
  dhcp_option code{};
  cbytes value{};
  bool malformed = false;

  bool next() noexcept {
    while (!rest.empty() && rest[0] == std::byte{0}) rest = rest.subspan(1);
    if (rest.empty() || rest[0] == std::byte{255}) return false;
    if (rest.size() < 2 || rest.size() - 2 < std::to_integer<std::size_t>(rest[1])) {
      malformed = true;
      return false;
    }
    const auto length = std::to_integer<std::size_t>(rest[1]);
    code = dhcp_option{std::to_integer<std::uint8_t>(rest[0])};
    value = rest.subspan(2, length);
    rest = rest.subspan(2 + length);
    return true;
  }
};

/// The bits of option overload in this field: 1 for `file`, 2 for `sname`. False if the field is malformed.
bool examine(cbytes field, unsigned& overload) noexcept {
  option_reader reader{field};
  while (reader.next())
    if (reader.code == dhcp_option::overload && reader.value.size() == 1)
      overload = std::to_integer<unsigned>(reader.value[0]);
  return !reader.malformed;
}

}  // namespace

std::optional<dhcp_options> dhcp_options::of(const dhcp_message& message) noexcept {
  dhcp_options made;
  unsigned overload = 0;
  unsigned ignored = 0;
  made.fields_[0] = message.options();
  if (!examine(made.fields_[0], overload)) return std::nullopt;
  if ((overload & 1) != 0) made.fields_[1] = message.file();
  if ((overload & 2) != 0) made.fields_[2] = message.server_name();
  if (!examine(made.fields_[1], ignored) || !examine(made.fields_[2], ignored)) return std::nullopt;
  return made;
}

bool dhcp_options::has(dhcp_option code) const noexcept {
  for (const cbytes field : fields_)
    for (option_reader reader{field}; reader.next();)
      if (reader.code == code) return true;
  return false;
}

std::optional<cbytes> dhcp_options::find(dhcp_option code, bytes room) const noexcept {
  cbytes first{};
  std::size_t pieces = 0;
  std::size_t copied = 0;
  const auto append = [&](cbytes piece) {
    if (piece.size() > room.size() - copied) return false;
    if (!piece.empty()) std::memcpy(room.data() + copied, piece.data(), piece.size());
    copied += piece.size();
    return true;
  };
  for (const cbytes field : fields_)
    for (option_reader reader{field}; reader.next();) {
      if (reader.code != code) continue;
      if (++pieces == 1) {
        first = reader.value;
        continue;
      }
      if (pieces == 2 && !append(first)) return std::nullopt;
      if (!append(reader.value)) return std::nullopt;
    }
  if (pieces == 0) return std::nullopt;
  return pieces == 1 ? first : cbytes(room.first(copied));
}

dhcp_message_type dhcp_options::type() const noexcept {
  std::array<std::byte, 4> room;
  const auto value = find(dhcp_option::message_type, room);
  if (!value || value->size() != 1) return dhcp_message_type::none;
  const auto type = std::to_integer<std::uint8_t>(value->front());
  return type <= 8 ? dhcp_message_type{type} : dhcp_message_type::none;
}

std::optional<std::uint32_t> dhcp_options::number32(dhcp_option code) const noexcept {
  std::array<std::byte, 4> room;
  const auto value = find(code, room);
  if (!value || value->size() != 4) return std::nullopt;
  return load_be32(value->data());
}

std::optional<std::uint16_t> dhcp_options::number16(dhcp_option code) const noexcept {
  std::array<std::byte, 4> room;
  const auto value = find(code, room);
  if (!value || value->size() != 2) return std::nullopt;
  return load_be16(value->data());
}

std::optional<ipv4_address> dhcp_options::address(dhcp_option code) const noexcept {
  const auto value = number32(code);
  if (!value) return std::nullopt;
  return ipv4_address(*value);
}

std::string_view dhcp_options::text(dhcp_option code, bytes room) const noexcept {
  const auto value = find(code, room);
  if (!value) return {};
  std::string_view text = as_text(*value);
  while (text.ends_with('\0')) text.remove_suffix(1);
  return text;
}

bool read_classless_routes(cbytes value, dhcp_routes& routes) noexcept {
  if (value.empty()) return false;
  while (!value.empty()) {
    const auto length = std::to_integer<unsigned>(value[0]);
    const std::size_t significant = (length + 7) / 8;
    if (length > ipv4_address::bits || value.size() < 1 + significant + ipv4_address::size) return false;
    std::array<std::byte, ipv4_address::size> destination{};
    std::copy_n(value.begin() + 1, significant, destination.begin());
    const ipv4_prefix to = ipv4_prefix(ipv4_address::load(destination.data()), length).network();
    const ipv4_address router = ipv4_address::load(value.data() + 1 + significant);
    if (!routes.full() && (router.is_unspecified() || dhcp_options::can_be_host(router)))
      routes.push_back({to, router});
    value = value.subspan(1 + significant + ipv4_address::size);
  }
  return true;
}

bool is_dhcp_name(std::string_view text) noexcept {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > 253) return false;
  std::size_t label = 0;
  for (const char c : text) {
    const bool fine = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '_' || (c == '-' && label > 0);
    if (c == '.' && label > 0) {
      label = 0;
      continue;
    }
    if (!fine || ++label > 63) return false;
  }
  return true;
}

}  // namespace mirage
