// SPDX-License-Identifier: ISC
// Who has a name on the link: asks whether it is free, says that it is taken, answers who asks for it, and
// takes another when somebody else has it. Messages and the passing of time in, messages out. No I/O, no
// clock, no heap. RFC 6762 §6, §8, §9.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/mdns/host_records.hpp"

namespace mirage::mdns {

/// `malformed`. `unexpected`: what a host has no business to send. `conflict`: another host has the name.
/// `passed_over`: about names of others.
enum class verdict : std::uint8_t { answered, conflict, passed_over, unexpected, malformed };

/// What came of a question that is answered to its asker alone.
struct direct_reply {
  record_bits which = 0;   // none: there is no such answer
  bool is_legacy = false;  ///< to a plain client of DNS, as it understands it (§6.7)
  std::uint16_t id = 0;
  dns::question question{};
};

class responder_core {
 public:
  /// `host` is a name below `local.`; `random` spreads hosts that are switched on together.
  responder_core(const dns::name& host, std::uint64_t random) noexcept;

  void start(instant now) noexcept;
  /// What was said is taken back (§10.1): call `poll` once more.
  void stop() noexcept;
  /// They are announced when they have changed.
  void set_addresses(std::span<const ip_address> all, instant now) noexcept;

  /// `multicast`: it came to the group. `from_port`: of its sender. What has to be sent to the sender alone
  /// is in `reply`.
  verdict input(cbytes message, bool multicast, std::uint16_t from_port, instant now,
                direct_reply& reply) noexcept;

  struct action {
    enum class kind : std::uint8_t { none, probe, respond, goodbye } what = kind::none;
    record_bits which = 0;
  };
  /// The next message to the group; call until `none`.
  [[nodiscard]] action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept;
  /// At most `longest_message` octets; gives how many.
  [[nodiscard]] std::size_t emit(const action& what, bytes to) const noexcept;
  [[nodiscard]] std::size_t emit(const direct_reply& what, bytes to) const noexcept;

  /// The name that it has, or asks for now.
  [[nodiscard]] const dns::name& host() const noexcept { return records_.name; }
  /// Whether it is ours.
  [[nodiscard]] bool is_claimed() const noexcept { return state_ == state::claimed; }
  [[nodiscard]] const host_records& records() const noexcept { return records_; }

  static constexpr std::size_t longest_message = 1232;

 private:
  enum class state : std::uint8_t { stopped, probing, claimed, leaving };

  [[nodiscard]] duration a_moment() noexcept;
  void probe(instant at) noexcept;
  verdict meet_conflict(instant now) noexcept;
  verdict hear_question(dns::message_reader& reader, std::uint16_t from_port, instant now,
                        direct_reply& reply) noexcept;
  verdict hear_response(dns::message_reader& reader, instant now) noexcept;
  [[nodiscard]] bool is_fresh(record_bits which, instant now) const noexcept;
  void respond(record_bits which, instant soonest, duration between) noexcept;
  [[nodiscard]] action tell(record_bits which, instant now) noexcept;

  host_records records_;
  std::uint64_t random_;
  state state_ = state::stopped;
  unsigned sent_ = 0;                               // probes, or announcements
  unsigned conflicts_ = 0;                          // since the name was ours
  instant next_ = never;                            // probe or announcement
  record_bits wanted_ = 0;                          // by the group
  instant respond_at_ = never;                      // if something is
  std::array<instant, most_addresses + 1> told_{};  // when the group was last told each record
};

}  // namespace mirage::mdns
