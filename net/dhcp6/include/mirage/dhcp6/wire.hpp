// SPDX-License-Identifier: ISC
// The layout of messages between clients and servers, and of options: RFC 8415 §8 and §21. Those of relays
// are not read.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {

namespace dhcp6_port {
inline constexpr std::uint16_t client = 546;
inline constexpr std::uint16_t server = 547;
}  // namespace dhcp6_port

/// All_DHCP_Relay_Agents_and_Servers.
inline constexpr ipv6_address dhcp6_servers = "ff02::1:2";

enum class dhcp6_message_type : std::uint8_t {
  none = 0,
  solicit = 1,
  advertise = 2,
  request = 3,
  confirm = 4,
  renew = 5,
  rebind = 6,
  reply = 7,
  release = 8,
  decline = 9,
  reconfigure = 10,
  information_request = 11
};

enum class dhcp6_option : std::uint16_t {
  client_identifier = 1,
  server_identifier = 2,
  addresses = 3,  ///< IA_NA
  address = 5,    ///< inside of IA_NA
  wanted = 6,     ///< option request
  preference = 7,
  elapsed_time = 8,
  status = 13,
  rapid_commit = 14,
  name_servers = 23,     ///< RFC 3646
  search_list = 24,      ///< RFC 3646
  refresh_time = 32,     ///< of information without addresses
  time_servers = 31,     ///< of SNTP, RFC 4075
  ntp_server = 56,       ///< RFC 5908
  solicit_most = 82,     ///< SOL_MAX_RT
  information_most = 83  ///< INF_MAX_RT
};

enum class dhcp6_status : std::uint16_t {
  success = 0,
  failed = 1,
  no_addresses = 2,
  no_binding = 3,
  not_on_link = 4,
  use_multicast = 5
};

/// Goes over the options of a message, or of an option that holds others.
class dhcp6_options {
 public:
  struct option {
    dhcp6_option code{};
    cbytes value{};
  };
  explicit dhcp6_options(cbytes all) noexcept : rest_(all) {}

  /// Nothing at the end, and before an option that goes beyond it.
  [[nodiscard]] std::optional<option> next() noexcept {
    if (rest_.size() < header || rest_.size() - header < load_be16(rest_.data() + 2)) return std::nullopt;
    const std::size_t length = load_be16(rest_.data() + 2);
    const option found{dhcp6_option{load_be16(rest_.data())}, rest_.subspan(header, length)};
    rest_ = rest_.subspan(header + length);
    return found;
  }
  /// After the last `next`: whether nothing is left over.
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  /// Whether `all` is options and nothing else.
  [[nodiscard]] static bool are_well_formed(cbytes all) noexcept {
    dhcp6_options reader(all);
    while (reader.next()) {
    }
    return reader.at_end();
  }
  /// The first one of that code.
  [[nodiscard]] static std::optional<cbytes> find(cbytes all, dhcp6_option code) noexcept {
    dhcp6_options reader(all);
    while (const auto each = reader.next())
      if (each->code == code) return each->value;
    return std::nullopt;
  }

 private:
  static constexpr std::size_t header = 4;
  cbytes rest_;
};

class dhcp6_message {
 public:
  static constexpr std::size_t header_size = 4;

  /// Nothing if it is too short, of a relay, of a type that does not exist, or if its options are malformed.
  /// The bytes must outlive the view.
  [[nodiscard]] static std::optional<dhcp6_message> of(cbytes message) noexcept {
    if (message.size() < header_size) return std::nullopt;
    const auto type = std::to_integer<std::uint8_t>(message[0]);
    if (type == 0 || type > 11 || !dhcp6_options::are_well_formed(message.subspan(header_size)))
      return std::nullopt;
    return dhcp6_message(message);
  }
  [[nodiscard]] dhcp6_message_type type() const noexcept {
    return dhcp6_message_type{std::to_integer<std::uint8_t>(all_[0])};
  }
  /// 24 bits.
  [[nodiscard]] std::uint32_t transaction() const noexcept { return load_be32(all_.data()) & 0xffffff; }
  [[nodiscard]] cbytes options() const noexcept { return all_.subspan(header_size); }
  [[nodiscard]] std::optional<cbytes> find(dhcp6_option code) const noexcept {
    return dhcp6_options::find(options(), code);
  }

 private:
  explicit dhcp6_message(cbytes all) noexcept : all_(all) {}
  cbytes all_;
};

/// The status that options tell (RFC 8415 §21.13); success if they tell none.
[[nodiscard]] inline dhcp6_status status_of(cbytes options) noexcept {
  const auto value = dhcp6_options::find(options, dhcp6_option::status);
  if (!value) return dhcp6_status::success;
  return value->size() < 2 ? dhcp6_status::failed : dhcp6_status{load_be16(value->data())};
}

/// Writes a message of a type with options into memory of the caller's, which must be large enough.
class dhcp6_message_writer {
 public:
  dhcp6_message_writer(bytes to, dhcp6_message_type type, std::uint32_t transaction) noexcept : to_(to) {
    store_be32(to.data(), std::uint32_t{static_cast<std::uint8_t>(type)} << 24 | (transaction & 0xffffff));
    used_ = dhcp6_message::header_size;
  }
  void add(dhcp6_option code, cbytes value) noexcept {
    store_be16(&to_[used_], static_cast<std::uint16_t>(code));
    store_be16(&to_[used_ + 2], static_cast<std::uint16_t>(value.size()));
    for (std::size_t i = 0; i < value.size(); ++i) to_[used_ + 4 + i] = value[i];
    used_ += 4 + value.size();
  }
  void add16(dhcp6_option code, std::uint16_t value) noexcept {
    std::byte written[2];
    store_be16(written, value);
    add(code, written);
  }
  /// Of the message so far.
  [[nodiscard]] std::size_t size() const noexcept { return used_; }

 private:
  bytes to_;
  std::size_t used_ = 0;
};

}  // namespace mirage
