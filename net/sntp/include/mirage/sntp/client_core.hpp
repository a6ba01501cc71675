// SPDX-License-Identifier: ISC
// The core of the client: RFC 5905 §14 and RFC 4330 §5, §10. Answers and the passing of time in, questions
// and a correction of the clock out. No I/O, no clock, no memory.
//
// The transmit timestamp of a question is a random number, not the time: the answer repeats it, so nobody who
// has not seen the question can forge one, and nobody learns our clock. Round trips are measured on the
// monotonic clock, which nobody sets. Of the last eight answers of a server, the one with the shortest round
// trip counts (RFC 5905 §10); among several servers there is no vote: the next is asked when one fails or
// does not know the time itself.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/sntp/wire.hpp"

namespace mirage {

struct sntp_options {
  duration least_poll = 64s;  ///< between two questions, once there is an answer; never below 15 s
  duration greatest_poll = 1024s;
  duration first_retry = 2s;            ///< doubled with each that is not answered
  duration greatest_delay = 1s;         ///< answers that took longer are not believed
  duration greatest_distance = 1500ms;  ///< of the server to its reference clock (RFC 5905 §9.1)
  unsigned tries = 3;                   ///< unanswered, before the next server is asked
};

/// What an answer says: that it was `time` at `when`.
struct sntp_measurement {
  wall_time time{};
  instant when{};
  duration round_trip{};  ///< the time is wrong by half of it at most, as far as the server is right
  duration error{};       ///< of the server: half of its root delay, and its root dispersion
  unsigned stratum = 0;

  [[nodiscard]] wall_time at(instant other) const noexcept { return time + (other - when); }
};

struct sntp_action {
  enum class kind : std::uint8_t { none, ask, next_server, corrected } what = kind::none;
  ntp_timestamp cookie{};
};

class sntp_client_core {
 public:
  /// `seed` makes cookies, which nobody should be able to guess. `servers`: how many there are, at least 1.
  sntp_client_core(const sntp_options& options, std::size_t servers, std::uint64_t seed) noexcept;

  void start(instant now) noexcept;
  void stop() noexcept;

  /// `unexpected`: not an answer to our last question. `unsynchronised`: the server does not know the time.
  /// `implausible`: its times contradict each other, or took too long. `denied`, `rate_limited`: it said so
  /// (RFC 5905 §7.4).
  enum class verdict : std::uint8_t {
    taken,
    malformed,
    unexpected,
    unsynchronised,
    implausible,
    denied,
    rate_limited
  };
  /// A message from the server; `now` is read as near to its arrival as can be.
  verdict input(cbytes message, instant now) noexcept;

  /// The next thing to do; call until `none`. `ask`: send a question with this cookie to server `server()`,
  /// and call `asked`. `corrected`: there is a new `best()`. `next_server`: for those who resolve names anew.
  [[nodiscard]] sntp_action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept { return has_news() ? instant{} : deadline_; }
  /// When the question left.
  void asked(instant now) noexcept { asked_ = now; }
  [[nodiscard]] static std::size_t emit(const sntp_action& action, bytes to) noexcept {
    ntp_message::write_question(to, action.cookie);
    return ntp_message::size;
  }

  [[nodiscard]] std::size_t server() const noexcept { return server_; }
  /// The best of the last measurements; nothing before the first.
  [[nodiscard]] std::optional<sntp_measurement> best() const noexcept;
  [[nodiscard]] duration poll_interval() const noexcept { return interval_; }

 private:
  struct sample {
    sntp_measurement measured{};
    bool there = false;
  };
  [[nodiscard]] bool has_news() const noexcept { return corrected_ || changed_server_; }
  verdict take_kiss(std::uint32_t code, instant now) noexcept;
  [[nodiscard]] bool is_plausible(const ntp_message& answer, duration round_trip) const noexcept;
  void keep(const sntp_measurement& measured) noexcept;
  bool gives_up(instant now) noexcept;
  void change_server(instant when) noexcept;
  void schedule(instant now) noexcept;
  [[nodiscard]] std::uint64_t random() noexcept;

  sntp_options options_;
  std::size_t servers_;
  std::uint64_t random_;
  std::size_t server_ = 0;
  instant deadline_ = never;
  instant asked_{};
  ntp_timestamp cookie_{};  // of the question that is open; unknown: none is
  unsigned unanswered_ = 0;
  std::size_t denials_ = 0;   // in a row, of one server after the other
  std::size_t ignorant_ = 0;  // the same of servers that do not know the time
  duration interval_;
  std::array<sample, 8> samples_{};
  std::size_t next_sample_ = 0;
  bool samples_are_anothers_ = false;
  bool corrected_ = false;
  bool changed_server_ = false;
};

}  // namespace mirage
