// SPDX-License-Identifier: ISC
// The groups of a host on one link, and what routers are told of them, in the oldest version that one of them
// speaks: RFC 3376 §5 and §7.2. No I/O, no clock and no heap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/igmp/messages.hpp"
#include "mirage/ip/group_membership.hpp"

namespace mirage {

/// A message to be sent to `destination` with a TTL of 1 and the option for routers to look at it (RFC 2113).
struct igmp_action {
  ipv4_address destination{};
  igmp_type type = igmp_type::report_3;
  ipv4_address group{};    ///< of versions 1 and 2
  group_report records{};  ///< of version 3
  [[nodiscard]] std::size_t size() const noexcept {
    return type == igmp_type::report_3 ? igmp_report_size(records) : igmp_message_size;
  }
  /// Writes the message to `to`, which has room for it, and gives its length.
  std::size_t emit(bytes to) const noexcept {
    return type == igmp_type::report_3 ? write_igmp_report(to, records) : write_igmp_message(to, type, group);
  }
};

/// How a message came.
struct igmp_arrival {
  ipv4_address destination{};
  std::uint8_t ttl = 0;
  bool router_alert = false;
};

class igmp_host {
 public:
  /// §8.12: so long after its last question a router of an older version is there: twice the 125 s between
  /// questions and the 10 s for an answer.
  static constexpr duration older_querier_present = 260s;

  explicit igmp_host(std::uint64_t seed) noexcept : groups_(seed) {}

  /// Joins count. False at the cap. `group` is a multicast address.
  [[nodiscard]] bool join(ipv4_address group, instant now) noexcept;
  void leave(ipv4_address group, instant now) noexcept;
  /// That of all hosts always is (RFC 1112 §4), and nobody is told.
  [[nodiscard]] bool contains(ipv4_address group) const noexcept {
    return group == all_hosts_group || groups_.contains(group);
  }

  /// `refused`: not as a router of the link asks (§9.1). `ignored`: it tells a host nothing.
  enum class verdict : std::uint8_t { taken, ignored, malformed, bad_checksum, refused };
  verdict input(const igmp_arrival& from, cbytes message, instant now) noexcept;

  /// The next message; call until there is none.
  [[nodiscard]] std::optional<igmp_action> poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept { return groups_.next_timeout(); }

  /// That is spoken now.
  [[nodiscard]] igmp_version version(instant now) const noexcept {
    if (one_until_ > now) return igmp_version::one;
    return two_until_ > now ? igmp_version::two : igmp_version::three;
  }

 private:
  verdict query(const igmp_reading& asked, const igmp_arrival& from, instant now) noexcept;
  void follow_version(instant now) noexcept;
  [[nodiscard]] std::optional<igmp_action> older(const group_record& record) const noexcept;

  group_membership groups_;
  igmp_version spoken_ = igmp_version::three;
  instant one_until_{};  // a router of version 1 is there
  instant two_until_{};
  group_report rest_;     // still to be told, a message each, in an older version
  std::size_t told_ = 0;  // of it
};

}  // namespace mirage
