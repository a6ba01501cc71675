// SPDX-License-Identifier: ISC
// The multicast groups that are listened to: RFC 1112 §7. They are not told to routers: that is IGMP's.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"

namespace mirage {

class ipv4_memberships {
 public:
  static constexpr std::size_t most_groups = 64;

  /// Joins count. False at the cap. `group` is a multicast address.
  bool join(ipv4_address group) noexcept;
  void leave(ipv4_address group) noexcept;
  /// That of all hosts, 224.0.0.1, always is (RFC 1112 §4).
  [[nodiscard]] bool contains(ipv4_address group) const noexcept;

 private:
  struct membership {
    ipv4_address group;
    std::uint32_t count;
  };
  inline_vector<membership, most_groups> groups_;
};

}  // namespace mirage
