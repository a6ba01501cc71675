// SPDX-License-Identifier: ISC
// What is known of the neighbours: RFC 826, with the ageing of RFC 1122 §2.3.2.1. An address that nobody
// knows is asked for by broadcast three times, a second apart, and then counts as not there for a while. One
// that is in use is asked for again before it is too old, by unicast (method 2 of that section) and then by
// broadcast, and serves meanwhile; one that does not answer, or is not in use, is forgotten.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/arp/action.hpp"
#include "mirage/arp/options.hpp"
#include "mirage/bounded_map.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

class neighbour_table {
 public:
  explicit neighbour_table(const arp_options& options);

  /// `full`: there is no room to ask for another one.
  enum class answer : std::uint8_t { known, asking, failed, full };
  struct found {
    answer what;
    mac_address mac{};  ///< of `known`
  };
  /// Begins to ask for one that is not known: then `poll` has something.
  [[nodiscard]] found lookup(ipv4_address who, instant now) noexcept;

  /// `none`: it is not of interest. `learned`: known now and not before. `moved`: to another station.
  enum class merge : std::uint8_t { none, confirmed, learned, moved };
  /// A packet from `who` came: what is known of it is put right. One that is not in the table is added if
  /// `add` says so and there is room that nobody uses.
  merge heard(ipv4_address who, mac_address mac, bool add, instant now) noexcept;

  /// `send` without a sender, `failed`, or `none` when there is nothing left to do now.
  [[nodiscard]] arp_action poll(instant now) noexcept;
  /// When to call `poll` again.
  [[nodiscard]] instant next_timeout() const noexcept { return due_; }

  [[nodiscard]] std::size_t size() const noexcept { return entries_.size(); }

 private:
  enum class state : std::uint8_t { asking, reachable, checking, failed };
  struct entry {
    ipv4_address address;
    mac_address mac{};
    state is = state::asking;
    std::uint8_t tries = 0;
    bool used = false;  // since it was confirmed
    instant deadline{};
  };

  [[nodiscard]] entry* find(ipv4_address who) noexcept;
  entry* make(ipv4_address who, bool used_may_go) noexcept;
  bool make_room(bool used_may_go) noexcept;
  bool evict(state what) noexcept;
  void become(entry& one, state next) noexcept;
  void erase(std::size_t at) noexcept;
  void set_deadline(entry& of, instant when) noexcept;
  [[nodiscard]] arp_action tend(std::size_t at, instant now) noexcept;
  [[nodiscard]] arp_action ask(entry& of, mac_address to, instant now) noexcept;

  duration fresh_;
  duration negative_;
  std::size_t capacity_;
  // Half of the table at most is for those that are asked for and those that do not answer, so that packets
  // from forged sources, which we answer, cannot push out who is known.
  std::size_t most_unresolved_;
  std::size_t unresolved_ = 0;
  std::vector<entry> entries_;  // without order: the last one fills a gap
  bounded_map<ipv4_address, std::uint32_t> index_;
  instant due_ = never;    // not later than the earliest deadline of those that the sweep is past
  std::size_t sweep_ = 0;  // so many are still to be looked at
  std::size_t hand_ = 0;   // where the next one to be evicted is looked for
};

}  // namespace mirage
