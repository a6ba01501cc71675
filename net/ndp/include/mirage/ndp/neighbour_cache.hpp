// SPDX-License-Identifier: ISC
// What is known of the neighbours: RFC 4861 §7.2 and §7.3. A neighbour that nobody knows is asked for by
// multicast three times; one that has not been heard of for a while is asked, when it is used, by unicast.
// What does not answer counts as not there for a while. Not implemented: hints of upper layers that a
// neighbour is reachable (§7.3.1), so one that is in use is asked about twice a minute.
#pragma once

#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/ip/timed_table.hpp"
#include "mirage/ndp/action.hpp"
#include "mirage/ndp/messages.hpp"
#include "mirage/ndp/options.hpp"

namespace mirage {

class neighbour_cache {
 public:
  neighbour_cache(const ndp_options& options, std::uint64_t seed);

  /// What a router told (RFC 4861 §6.3.4).
  void set_reachable_time(duration base) noexcept { reachable_ = base; }
  void set_retransmit_time(duration between) noexcept { retransmit_ = between; }

  /// `full`: there is no room to ask for another one.
  enum class answer : std::uint8_t { known, asking, failed, full };
  struct found {
    answer what;
    mac_address mac{};   ///< of `known`
    bool begun = false;  ///< something waits for its time now that did not before
  };
  /// For a packet that goes there, from `asker`. Begins to ask for one that is not known: then `poll` has
  /// something.
  [[nodiscard]] found lookup(const ipv6_address& who, instant now, const ipv6_address& asker = {}) noexcept;

  /// It came as the source of a message, with the address of its link (§7.2.3, §6.3.4, §8.3): what is known
  /// of it is put right, but not that it is reachable. `add`: also where nothing is known of it, if there is
  /// room that nobody uses. `resolved` if packets can be sent there now that could not before.
  [[nodiscard]] ndp_action heard(const ipv6_address& who, mac_address mac, bool add, instant now) noexcept;
  /// §7.2.5
  [[nodiscard]] ndp_action advertised(const neighbour_advertisement& told, instant now) noexcept;
  void set_router(const ipv6_address& who, bool is) noexcept;

  /// Whether it is known how to reach it, or was not long ago (§6.3.6).
  [[nodiscard]] bool is_probably_reachable(const ipv6_address& who) noexcept;
  /// It was a router when it was last heard of.
  [[nodiscard]] bool is_router(const ipv6_address& who) noexcept;

  /// `solicit_neighbour` from who asked (and without a destination when it is for the group of the target),
  /// `failed`, or `none` when there is nothing left to do now.
  [[nodiscard]] ndp_action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept { return table_.next_timeout(); }

  [[nodiscard]] std::size_t size() const noexcept { return table_.size(); }

  /// RFC 4861 §5.1, and `failed`.
  enum class state : std::uint8_t { incomplete, reachable, stale, delay, probe, failed };
  /// Nothing if it is not in the table.
  [[nodiscard]] std::optional<state> state_of(const ipv6_address& who) noexcept;

 private:
  struct entry {
    ipv6_address key{};
    ipv6_address asker{};  // whose packet made us ask (§7.2.2)
    mac_address mac{};
    state is = state::incomplete;
    std::uint8_t tries = 0;
    bool router = false;
    instant deadline = never;
  };
  [[nodiscard]] entry* make(const ipv6_address& who, bool in_use_may_go) noexcept;
  template <class MayGo>
  bool put_out(MayGo may_go) noexcept;
  void erase(entry& one) noexcept;
  [[nodiscard]] ndp_action tend(entry& one, instant now) noexcept;
  [[nodiscard]] ndp_action ask(entry& one, instant now) noexcept;
  void become(entry& one, state next, instant now) noexcept;
  [[nodiscard]] static bool has_mac(const entry& one) noexcept {
    return one.is != state::incomplete && one.is != state::failed;
  }
  [[nodiscard]] duration random_reachable() noexcept;

  duration reachable_;
  duration retransmit_;
  duration negative_;
  std::uint64_t random_;
  // Half of the table at most is for those that are asked for and those that do not answer, so that packets
  // from forged sources, which we answer, cannot push out who is known (RFC 6583 §7).
  std::size_t most_unresolved_;
  std::size_t unresolved_ = 0;
  timed_table<entry> table_;
};

}  // namespace mirage
