// SPDX-License-Identifier: ISC
// Our own addresses on a link: detected as nobody else's before they are used (RFC 4862 §5.4), with the
// lifetimes that routers and DHCPv6 give (§5.5.3, §5.5.4). An address in use is not given up for a conflict.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ndp/action.hpp"
#include "mirage/ndp/options.hpp"

namespace mirage {

/// An address with its network, whose bits say which destinations are near (RFC 6724).
struct own_address {
  ipv6_prefix network{};
  /// `formed`: by us from a prefix, so another can be tried when somebody has it.
  bool formed = false;
  std::uint8_t conflicts = 0;       ///< how many formed addresses before it somebody had
  std::uint8_t detections = 0;      ///< solicitations still to be sent
  bool tentative = false;           ///< not to be used yet
  instant preferred_until = never;  ///< then deprecated: not for new connections
  instant valid_until = never;
  bool to_be_announced = false;
  instant deadline = never;  ///< of the detection, or the announcement
  [[nodiscard]] ipv6_address address() const noexcept { return network.address(); }
};

class own_addresses {
 public:
  static constexpr std::size_t most = 16;

  own_addresses(const ndp_options& options, std::uint64_t seed) noexcept
      : detections_(options.duplicate_detections), retransmit_(options.retransmit), random_(seed) {}

  /// False at the cap, and for an address that no host can have. One that is there keeps its state.
  [[nodiscard]] bool add(own_address what, instant now) noexcept;
  /// The same of one that DHCPv6 leases; one that is there gets the new times.
  [[nodiscard]] bool lease(const ipv6_address& address, instant preferred, instant valid,
                           instant now) noexcept;
  void remove(const ipv6_address& address) noexcept;
  /// All that may be used are told to the link once more (RFC 4861 §7.2.6).
  void announce(instant now) noexcept;

  /// Those that may be used, in their order: what was configured, then what was formed, then of the link
  /// only. Valid until they change.
  [[nodiscard]] std::span<const ipv6_address> usable() const noexcept {
    return {usable_.data(), usable_.size()};
  }
  [[nodiscard]] std::span<const own_address> all() const noexcept { return {all_.data(), all_.size()}; }
  /// Usable.
  [[nodiscard]] bool is_ours(const ipv6_address& address) const noexcept;
  [[nodiscard]] const own_address* find(const ipv6_address& address) const noexcept;
  /// For what is said on the link: one of it only, if that is usable; else the one nearest to `target`.
  [[nodiscard]] ipv6_address speaker_to(const ipv6_address& target) const noexcept;

  /// §5.5.3 (d) and (e): a router gives the addresses that were formed from `prefix` new lifetimes; false if
  /// there are none.
  bool refresh(const ipv6_prefix& prefix, std::uint32_t valid, std::uint32_t preferred, instant now) noexcept;

  /// Somebody else has it, or wants to have it at the same time. `duplicate`, and it is gone if it was
  /// tentative; `none` if it is not ours.
  [[nodiscard]] ndp_action contested(const ipv6_address& address, own_address& lost) noexcept;

  /// `solicit_neighbour` of detection, `usable`, `advertise` or `gone`; call until `none`.
  [[nodiscard]] ndp_action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;

 private:
  [[nodiscard]] own_address* find_mutable(const ipv6_address& address) noexcept;
  [[nodiscard]] ndp_action tend(own_address& one, instant now) noexcept;
  void list_usable() noexcept;

  std::uint8_t detections_;
  duration retransmit_;
  std::uint64_t random_;
  inline_vector<own_address, most> all_;
  inline_vector<ipv6_address, most> usable_;
};

}  // namespace mirage
