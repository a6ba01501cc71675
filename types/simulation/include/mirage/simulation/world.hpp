// SPDX-License-Identifier: ISC
// What happens in a simulation, in which order and when. Everything random comes from one seed, and what
// happened has a digest: two runs of one seed are the same to the last bit, and a test says so.
//
// A world does not have a clock of its own. `local_world` is driven by the loop of one node, for the unit
// tests of protocols; `scheduler` drives many nodes.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/simulation/random.hpp"

namespace mirage::simulation {

/// An Ethernet frame on the wire, without its frame check sequence.
using frame = std::vector<std::byte>;

/// Where virtual time begins, the same as in unit tests: not at nought, and at 2026-01-01T00:00:00Z.
inline constexpr instant start_of_time{1000s};
inline constexpr wall_time wall_start{duration{1'767'225'600s}};

/// Who is told when the time has come. `what` and the frame are those that were given.
class event_target {
 public:
  virtual void happens(unsigned what, frame&& carried) noexcept = 0;

 protected:
  ~event_target() = default;
};

class world {
 public:
  explicit world(std::uint64_t seed) noexcept : seed_(seed), digest_(seed) {}
  world(const world&) = delete;
  world& operator=(const world&) = delete;

  [[nodiscard]] virtual instant now() const noexcept = 0;
  /// The wall clock runs along.
  [[nodiscard]] wall_time wall() const noexcept { return wall_start + (now() - start_of_time); }
  [[nodiscard]] std::uint64_t seed() const noexcept { return seed_; }
  /// The source of chance of whatever has that name.
  [[nodiscard]] random_source random_for(std::string_view name) const noexcept { return {seed_, name}; }

  /// `who.happens(what, carried)` at that time, or at once if it is past; what is due at one time happens in
  /// the order in which it was asked for.
  void at(instant when, event_target& who, unsigned what, frame carried = {});
  /// Nothing that `who` still waits for happens.
  /// How many frames that takes from the wires.
  std::size_t forget(const event_target& who) noexcept;

  /// Joins what happened to the digest.
  void note(std::uint64_t what) noexcept;
  void note(std::uint64_t what, cbytes bytes) noexcept;
  [[nodiscard]] std::uint64_t digest() const noexcept { return digest_; }
  /// How often something happened.
  [[nodiscard]] std::uint64_t events() const noexcept { return events_; }

 protected:
  ~world() = default;

  /// For whoever drives it: the earliest thing that is to happen, or `never`.
  [[nodiscard]] instant next_event() const noexcept { return queue_.empty() ? never : queue_.front().when; }
  /// All that is due by `now()`.
  void run_due() noexcept;
  /// Something is to happen at that time, earlier than all else.
  virtual void wanted_at(instant when) noexcept = 0;

 private:
  struct event {
    instant when;
    std::uint64_t order;
    event_target* who;
    unsigned what;
    frame carried;
  };
  static bool later_than(const event& one, const event& other) noexcept {
    return one.when != other.when ? one.when > other.when : one.order > other.order;
  }

  std::uint64_t seed_;
  std::uint64_t digest_;
  std::uint64_t events_ = 0;
  std::uint64_t order_ = 0;
  std::vector<event> queue_;  // a heap, the earliest in front
};

}  // namespace mirage::simulation
