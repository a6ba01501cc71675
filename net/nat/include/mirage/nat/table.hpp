// SPDX-License-Identifier: ISC
// Which port of the outside stands for which host inside, and with whom it speaks: RFC 4787, RFC 5382,
// RFC 7857 §2, RFC 6056.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "mirage/bounded_map.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/time.hpp"
#include "mirage/keyed_hash.hpp"
#include "mirage/nat/options.hpp"
#include "mirage/nat/packet.hpp"
#include "mirage/nat/port_forward.hpp"

namespace mirage {

/// `no_mapping`: nothing inside stands behind that port. `filtered`: something does, but it has not spoken to
/// that remote end. `full`: the cap, and nobody can go. `no_port`: none was found that is free. `no_session`:
/// a reset of a connection that nobody knows.
enum class nat_refusal : std::uint8_t { no_mapping, filtered, full, no_port, no_session };

/// A mapping is of an end inside, whoever is spoken to (RFC 4787 REQ-1, RFC 5382 REQ-1), and lives as long as
/// it has a session: the remote address of UDP and echo, the remote address and port of TCP, which has a
/// state. A port of the outside is one mapping's only (REQ-3). All memory is taken when it is made. `now`
/// never goes back.
class nat_table {
 public:
  /// How many static mappings there can be.
  static constexpr std::size_t most_forwards = 64;

  explicit nat_table(const nat_options& options);

  /// False if the port, or the end inside, has a mapping already, or at the cap.
  bool forward(const port_forward& what) noexcept;
  /// All sessions and mappings but the static ones are forgotten.
  void clear() noexcept;

  /// The port of the outside for a packet from inside; makes the mapping and the session.
  result<std::uint16_t, nat_refusal> outbound(const nat_flow& flow, instant now) noexcept;
  /// The end inside for a packet to a port of the outside.
  result<nat_endpoint, nat_refusal> inbound(const nat_flow& flow, instant now) noexcept;

  // Of the packet that a report is about, as the reporter sees it. They change nothing, and least of all do
  // they end anything (RFC 5508 REQ-4, RFC 5382 REQ-10).
  [[nodiscard]] std::optional<std::uint16_t> outside_port(nat_protocol protocol,
                                                          const nat_endpoint& inside) noexcept;
  [[nodiscard]] std::optional<nat_endpoint> inside_of(nat_protocol protocol, std::uint16_t port,
                                                      const nat_endpoint& remote) noexcept;

  /// Forgets what nobody has used for too long.
  void expire(instant now) noexcept;

  [[nodiscard]] std::size_t sessions() const noexcept { return session_index_.size(); }
  [[nodiscard]] std::size_t mappings() const noexcept { return outside_.size(); }
  /// How many sessions had to go for others since the last call.
  [[nodiscard]] std::uint64_t take_evicted() noexcept { return std::exchange(evicted_, 0); }

 private:
  // What a session's time is measured by; each has a list in the order in which sessions end.
  enum class timeout : std::uint8_t { transitory, echo, udp, established };
  enum class side : std::uint8_t { inside = 1, outside = 2 };

  struct mapping : list_link {
    nat_protocol protocol = nat_protocol::udp;
    bool is_static = false;
    std::uint16_t port = 0;
    nat_endpoint inside{};
    std::uint32_t sessions = 0;
  };
  struct session : list_link {
    mapping* of = nullptr;
    nat_endpoint remote{};
    instant until{};
    // TCP: from which sides a segment, and a FIN, has come; bits of `side`.
    std::uint8_t heard = 0;
    std::uint8_t finished = 0;
    bool is_open = false;
    bool is_reset = false;
  };
  struct inside_key {
    nat_protocol protocol{};
    nat_endpoint end{};
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
      return end.hash(hash_mix(seed, static_cast<std::uint64_t>(protocol)));
    }
    friend bool operator==(const inside_key&, const inside_key&) noexcept = default;
  };
  struct outside_key {
    nat_protocol protocol{};
    std::uint16_t port = 0;
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept {
      return hash_mix(seed, static_cast<std::uint64_t>(protocol) << 16 | port);
    }
    friend bool operator==(const outside_key&, const outside_key&) noexcept = default;
  };
  struct session_key {
    outside_key of{};
    nat_endpoint remote{};
    [[nodiscard]] std::uint64_t hash(std::uint64_t seed) const noexcept { return remote.hash(of.hash(seed)); }
    friend bool operator==(const session_key&, const session_key&) noexcept = default;
  };

  [[nodiscard]] static outside_key key_of(const mapping& of) noexcept { return {of.protocol, of.port}; }
  [[nodiscard]] static nat_endpoint remote_of(nat_protocol protocol, const nat_endpoint& remote) noexcept;
  [[nodiscard]] session* find(const mapping& of, const nat_endpoint& remote) noexcept;
  [[nodiscard]] mapping* make_mapping(nat_protocol protocol, const nat_endpoint& inside) noexcept;
  [[nodiscard]] std::optional<std::uint16_t> free_port(nat_protocol protocol,
                                                       const nat_endpoint& inside) noexcept;
  [[nodiscard]] bool is_taken(nat_protocol protocol, std::uint16_t port) noexcept {
    return outside_.find({protocol, port}) != nullptr;
  }
  [[nodiscard]] bool make_room() noexcept;
  session& make_session(mapping& of, const nat_endpoint& remote) noexcept;
  void remove(session& one) noexcept;
  void remove(mapping& one) noexcept;
  void used(session& one, side from, std::uint8_t tcp_flags, instant now) noexcept;
  void keep(session& one, timeout by, instant now) noexcept;
  [[nodiscard]] list& of(timeout by) noexcept { return waiting_[static_cast<std::size_t>(by)]; }

  nat_options options_;
  keyed_hash hash_;
  std::uint64_t tries_ = 0;  // no two searches begin alike
  std::vector<mapping> all_mappings_;
  std::vector<session> all_sessions_;
  list free_mappings_;
  list free_sessions_;
  std::array<list, 4> waiting_;
  bounded_map<inside_key, mapping*> inside_;
  bounded_map<outside_key, mapping*> outside_;
  bounded_map<session_key, session*> session_index_;
  std::uint64_t evicted_ = 0;
};

}  // namespace mirage
