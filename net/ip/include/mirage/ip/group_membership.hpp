// SPDX-License-Identifier: ISC
// The multicast groups that are listened to, and when routers are told: what MLDv2 (RFC 3810) and IGMPv3
// (RFC 3376) have in common, for hosts that take a group from every source. Not implemented: filters of
// sources, and the older versions that a querier may speak.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

/// The values are those of both protocols (RFC 3376 §4.2.12, RFC 3810 §5.2.12): with no sources in the list,
/// `is_exclude` and `to_exclude` mean that all are listened to, `to_include` that none is.
enum class group_record_type : std::uint8_t { is_exclude = 2, to_include = 3, to_exclude = 4 };
struct group_record {
  group_record_type type;
  ip_address group;
};
/// What one message tells.
using group_report = inline_vector<group_record, 32>;

class group_membership {
 public:
  static constexpr std::size_t most_groups = 64;
  /// How often a change is told, so that one lost message does no harm (RFC 3810 §9.1).
  static constexpr std::uint8_t robustness = 2;

  explicit group_membership(std::uint64_t seed) noexcept : random_(seed) {}

  /// Joins count. False at the cap. `told`: routers hear of it at `when`, now or later, which is not so for
  /// groups that never leave the link by their nature (RFC 3810 §6).
  [[nodiscard]] bool join(const ip_address& group, bool told, instant when) noexcept;
  void leave(const ip_address& group, instant now) noexcept;
  [[nodiscard]] bool contains(const ip_address& group) const noexcept;

  /// A router asks, for an answer within `limit`; `group` unspecified: for all groups.
  void queried(const ip_address& group, duration limit, instant now) noexcept;

  /// Another host has answered for the group: where versions are spoken in which one is enough.
  void told_by_another(const ip_address& group) noexcept;
  /// What was to be told is not told any more.
  void cancel() noexcept;

  /// The next report; call until there is none.
  [[nodiscard]] std::optional<group_report> poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;

 private:
  struct membership {
    ip_address group;
    std::uint32_t joins = 0;  // 0: left, and still to be told
    bool told = false;
    std::uint8_t changes = 0;  // how often its change is still to be told
    instant change_due = never;
    instant answer_due = never;
  };
  [[nodiscard]] membership* find(const ip_address& group) noexcept;
  void tell_change(membership& of, instant when) noexcept;
  void forget_left() noexcept;
  [[nodiscard]] duration random_up_to(duration most) noexcept;

  inline_vector<membership, most_groups> groups_;
  instant all_due_ = never;
  std::uint64_t random_;
};

}  // namespace mirage
