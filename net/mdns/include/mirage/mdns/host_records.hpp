// SPDX-License-Identifier: ISC
// What a host says about itself in multicast DNS: its name below `local.`, its addresses, and that it has no
// others. RFC 6762 §6.1, §10.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/core/inline_vector.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/name.hpp"

namespace mirage::mdns {

inline constexpr std::size_t most_addresses = 16;

/// A set of records: a bit an address, and one for the record that says what there is (NSEC).
using record_bits = std::uint32_t;
inline constexpr record_bits nsec_bit = record_bits{1} << most_addresses;

/// The top bit of a class: of a record, that others of its name and type are to be forgotten; of a question,
/// that its asker wants to be answered alone (§5.4, §10.2).
inline constexpr std::uint16_t top_bit = 0x8000;
[[nodiscard]] constexpr dns::record_class with_top_bit(dns::record_class of) noexcept {
  return static_cast<dns::record_class>(static_cast<std::uint16_t>(of) | top_bit);
}
[[nodiscard]] constexpr bool has_top_bit(dns::record_class of) noexcept {
  return (static_cast<std::uint16_t>(of) & top_bit) != 0;
}
[[nodiscard]] constexpr dns::record_class without_top_bit(dns::record_class of) noexcept {
  return static_cast<dns::record_class>(static_cast<std::uint16_t>(of) & ~top_bit);
}

struct host_records {
  dns::name name{};
  inline_vector<ip_address, most_addresses> addresses{};

  /// The addresses, in whatever order; false if they are those that were there.
  bool set_addresses(std::span<const ip_address> all) noexcept;
  /// `name-2` for `name`, and `name-3` for that (§9).
  void rename() noexcept;

  [[nodiscard]] record_bits all() const noexcept { return (record_bits{1} << addresses.size()) - 1; }
  /// What answers a question for that type (§6.1).
  [[nodiscard]] record_bits answer(dns::record_type type) const noexcept;
  /// The record in a message that is one of ours: same name, type and data; none if it is of another.
  [[nodiscard]] record_bits find(const dns::message_reader& in, const dns::record& what) const noexcept;
  /// False when they do not all fit.
  [[nodiscard]] bool write(dns::message_writer& to, dns::section where, record_bits which,
                           dns::record_class in_class, std::uint32_t ttl) const noexcept;
  /// Which of two hosts that probe for the name at once has it: below 0 if the other has, 0 if both say the
  /// same. `message` is the other's probe (§8.2.1).
  [[nodiscard]] int compare_with(cbytes message) const noexcept;
};

}  // namespace mirage::mdns
