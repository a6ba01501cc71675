// SPDX-License-Identifier: ISC
// The core of the client: RFC 8415 §18.2, one identity association for addresses (IA_NA), or none (§18.2.6,
// what was RFC 3736). Messages and the passing of time in, actions out. No I/O, no clock, no memory after it
// was made.
//
// Not implemented: delegated prefixes, temporary addresses, authentication and Reconfigure (its use is not
// offered), Release more often than once.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp6/configuration.hpp"
#include "mirage/dhcp6/retransmission.hpp"
#include "mirage/dhcp6/wire.hpp"

namespace mirage {

struct dhcp6_client_options {
  mac_address mac{};           ///< from which the client identifier is made (DUID-LL, RFC 8415 §11.4)
  bool addresses = true;       ///< false: only what is not an address
  std::uint32_t identity = 1;  ///< IAID; tells the node's interfaces apart
  bool rapid_commit = true;    ///< take an address in two messages from a server that allows it
  duration start_delay = 1s;   ///< the longest random wait before the first message (§18.2.1)
};

enum class dhcp6_client_state : std::uint8_t {
  stopped,
  waiting,
  soliciting,
  requesting,
  informing,
  declining,
  informed,
  bound,
  confirming,
  renewing,
  rebinding
};

/// What the core wants done. `send`: the message goes to port 547 of `dhcp6_servers` from port 546 of our
/// link-local address. `configured`: `configuration()` is new. `lost`: what it was must not be used any more.
struct dhcp6_client_action {
  enum class kind : std::uint8_t { none, send, configured, lost } what = kind::none;
  dhcp6_message_type type = dhcp6_message_type::none;
  std::uint16_t elapsed = 0;  ///< hundredths of a second
};

class dhcp6_client_core {
 public:
  static constexpr std::size_t greatest_message = 512;  ///< that `emit` writes

  /// `seed`: of the transaction identifiers and the random delays; nobody should be able to guess it.
  dhcp6_client_core(const dhcp6_client_options& options, std::uint64_t seed) noexcept;

  void start(instant now) noexcept;

  /// `not_ours`: of another client or another exchange. `unexpected`: not in this state, or without a
  /// server's name. `refused`: what it says cannot be used.
  enum class verdict : std::uint8_t { taken, malformed, not_ours, unexpected, refused };
  /// What came to port 546; `poll` until `none` before the next call.
  verdict input(cbytes message, instant now) noexcept;

  /// Duplicate address detection found that somebody has this address: all are declined (§18.2.8), and others
  /// are asked for.
  void conflict(instant now) noexcept;
  /// Gives the addresses back and stops.
  void release(instant now) noexcept;
  /// The link came back: asks if the addresses fit it (§18.2.3); they stay in use meanwhile.
  void link_changed(instant now) noexcept;

  /// The next thing to do; call until `none`. The core has no other output.
  [[nodiscard]] dhcp6_client_action poll(instant now) noexcept;
  [[nodiscard]] instant next_timeout() const noexcept { return actions_.empty() ? deadline_ : instant{}; }
  /// Writes the message of the `send` that `poll` has just given to `to`, which has room for
  /// `greatest_message`, and gives its length.
  [[nodiscard]] std::size_t emit(const dhcp6_client_action& action, bytes to) const noexcept;

  [[nodiscard]] dhcp6_client_state state() const noexcept { return state_; }
  /// Null if there is none.
  [[nodiscard]] const dhcp6_configuration* configuration() const noexcept {
    return told_ ? &configuration_ : nullptr;
  }

 private:
  using client_state = dhcp6_client_state;
  static constexpr std::size_t greatest_identifier = 130;  // RFC 8415 §11.1
  struct server_name {
    std::array<std::byte, greatest_identifier> bytes{};
    std::size_t size = 0;
    [[nodiscard]] cbytes view() const noexcept { return cbytes(bytes).first(size); }
    [[nodiscard]] static std::optional<server_name> of(const dhcp6_message& message) noexcept;
  };
  struct advertisement {
    server_name server{};
    unsigned preference = 0;
    dhcp6_addresses addresses{};
  };

  void act(dhcp6_client_action::kind what) noexcept { actions_.push_back({.what = what}); }
  void send(instant now) noexcept;
  void begin(client_state state, dhcp6_message_type type, const dhcp6_times& times, instant now) noexcept;
  void solicit(instant now) noexcept;
  void request(instant now) noexcept;
  void inform(instant now) noexcept;
  void lose(instant now) noexcept;
  void time_out(instant now) noexcept;
  void repeat(instant now, instant end) noexcept;
  void bind(const dhcp6_association& association, const server_name& server, const dhcp6_message& message,
            instant now) noexcept;
  void tend_lease(instant now) noexcept;
  verdict take_advertisement(const dhcp6_message& message, const server_name& server, instant now) noexcept;
  verdict take_reply(const dhcp6_message& message, const server_name& server, instant now) noexcept;
  verdict take_lease(const dhcp6_message& message, const server_name& server, instant now) noexcept;
  void read_limits(const dhcp6_message& message) noexcept;
  [[nodiscard]] bool has_addresses() const noexcept { return state_ >= client_state::bound; }

  dhcp6_client_options options_;
  std::array<std::byte, 10> identifier_{};
  dhcp6_retransmission retransmission_;
  client_state state_ = client_state::stopped;
  inline_vector<dhcp6_client_action, 8> actions_;
  instant deadline_ = never;
  std::uint32_t transaction_ = 0;
  dhcp6_message_type asking_ = dhcp6_message_type::none;
  duration greatest_solicit_ = 3600s;  // SOL_MAX_RT
  duration greatest_inform_ = 3600s;   // INF_MAX_RT

  std::optional<advertisement> best_;
  server_name server_{};
  dhcp6_configuration configuration_{};
  bool told_ = false;  // the caller uses it; also while it is asked for again
  instant renew_ = never;
  instant rebind_ = never;
  instant expires_ = never;
};

}  // namespace mirage
