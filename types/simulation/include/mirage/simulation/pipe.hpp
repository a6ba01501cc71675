// SPDX-License-Identifier: ISC
// One direction of a cable: a queue, a serializer, a distance, and what goes wrong on the way.
//
//   send -> too long? -> queue (drop-tail) -> serializer (bandwidth) -> lost? corrupted? twice? late? ->
//   delay
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string_view>

#include "mirage/pcap/writer.hpp"
#include "mirage/simulation/port.hpp"
#include "mirage/simulation/world.hpp"

namespace mirage::simulation {

/// Losses that come together (Gilbert 1960, Elliott 1963): a chain of two states, moved on once a frame. What
/// causes bursts on real paths passes with time, too, whether or not there are frames to lose.
struct burst_loss {
  double begin = 0;                    ///< chance that a frame begins a burst
  double end = 1;                      ///< chance that a frame in a burst is the last one
  double loss = 1;                     ///< chance that a frame in a burst is lost
  duration silence = duration::max();  ///< without a frame for longer than that, a burst has passed

  /// So much is lost on average, in bursts of so many frames on average.
  [[nodiscard]] static constexpr burst_loss of(double loss, double frames) noexcept {
    const double end = 1 / frames;
    return {.begin = loss >= 1 ? 1 : loss * end / (1 - loss), .end = end};
  }
  bool operator==(const burst_loss&) const = default;
};

/// Chances are from 0 to 1, a frame each.
struct pipe_options {
  std::uint64_t bandwidth = 0;  ///< bits of frames a second; 0: no limit
  duration delay{};             ///< one way
  duration jitter{};            ///< up to that much more; does not change the order
  std::size_t queue = 0;        ///< bytes that wait or are being sent, more are dropped; 0: no limit
  std::uint32_t ring = 0;       ///< frames that wait or are being sent, then the port is `full`; 0: never
  std::uint32_t mtu = 1500;     ///< bytes behind the Ethernet header; longer frames are dropped
  double loss = 0;              ///< of single frames
  burst_loss bursts{};          ///< besides
  double reorder = 0;           ///< late by `reorder_by`, so that others overtake it
  duration reorder_by{};        ///< 0: a quarter of the round trip that `delay` makes, at least a millisecond
  double duplicate = 0;         ///< comes twice
  double corrupt = 0;           ///< one bit of it is wrong
  bool operator==(const pipe_options&) const = default;
};

class pipe final : event_target {
 public:
  pipe(world& in, std::string_view link, std::string_view direction, const pipe_options& options) noexcept;
  pipe(const pipe&) = delete;
  pipe& operator=(const pipe&) = delete;
  ~pipe() { world_.forget(*this); }

  /// After `full` or `down` the sender is told `ready` once.
  [[nodiscard]] port_state state() noexcept;
  void send(cbytes carried) noexcept;
  /// Who gets the frames, and who is told that there is room again. Null: nobody.
  void set_receiver(station* who) noexcept { receiver_ = who; }
  void set_sender(station* who) noexcept { sender_ = who; }

  [[nodiscard]] const pipe_options& options() const noexcept { return options_; }
  /// For frames that are sent from now on.
  void set_options(const pipe_options& options) noexcept { options_ = options; }
  /// Without a carrier nothing is sent, and what is on the way is lost.
  void set_up(bool up) noexcept;
  /// While it is held, nothing leaves the queue.
  void hold(bool held) noexcept;
  /// Every frame that is offered, at the time when it is; null ends it.
  void set_capture(pcap::writer* capture) noexcept { capture_ = capture; }

  /// What became of the frames.
  struct totals {
    std::uint64_t sent = 0;       ///< offered
    std::uint64_t delivered = 0;  ///< duplicates included
    std::uint64_t lost = 0;       ///< by chance
    std::uint64_t queue_full = 0;
    std::uint64_t too_long = 0;
    std::uint64_t down = 0;    ///< there was no carrier
    std::uint64_t nobody = 0;  ///< nothing was plugged in
    std::uint64_t reordered = 0;
    std::uint64_t duplicated = 0;
    std::uint64_t corrupted = 0;
    bool operator==(const totals&) const = default;
  };
  [[nodiscard]] const totals& counted() const noexcept { return totals_; }

 private:
  enum : unsigned { arrival, room };
  struct departure {
    instant when;
    std::size_t size;
  };

  void happens(unsigned what, frame&& carried) noexcept override;
  void transmit(frame carried);
  void deliver(frame carried, instant when);
  void arrive(frame&& carried) noexcept;
  void tell_ready() noexcept;
  void forget_departed() noexcept;
  [[nodiscard]] bool is_lost() noexcept;
  [[nodiscard]] duration time_for(std::size_t size) const noexcept;

  world& world_;
  random_source random_;
  std::uint64_t identity_;
  pipe_options options_;
  station* receiver_ = nullptr;
  station* sender_ = nullptr;
  pcap::writer* capture_ = nullptr;
  std::deque<departure> waiting_;  // until they have been sent
  std::size_t waiting_bytes_ = 0;
  std::deque<frame> held_frames_;
  instant free_{};          // the serializer is, from then on
  instant last_arrival_{};  // of what keeps its place
  bool up_ = true;
  bool held_ = false;
  bool in_burst_ = false;
  instant last_frame_ = start_of_time;
  bool refused_ = false;  // the sender waits for `ready`
  totals totals_;
};

}  // namespace mirage::simulation
