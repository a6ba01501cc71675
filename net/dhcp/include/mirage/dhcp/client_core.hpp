// SPDX-License-Identifier: ISC
// The core of the client: RFC 2131 §4.4. Messages, conflicts and the passing of time in, actions out. No I/O,
// no clock, no memory after it was made.
//
// Where it differs from the letter: the first acceptable offer is taken; nothing is waited for before the
// first message unless `start_delay` says so (§4.4.1 has 1 to 10 s); who is refused twice in a row waits 10
// s, as after a conflict, so that two servers that disagree cannot keep it busy. Not implemented: INFORM, and
// keeping a lease over a restart without asking (§3.2 step 3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/dhcp/client_identifier.hpp"
#include "mirage/dhcp/configuration.hpp"
#include "mirage/dhcp/wire.hpp"

namespace mirage {

struct dhcp_client_options {
  mac_address mac{};
  dhcp_client_identifier identifier{};         ///< none: the server goes by `mac`
  std::string_view host_name{};                ///< told to the server; must outlive the client
  std::string_view vendor_class{};             ///< option 60; must outlive the client
  std::optional<ipv4_address> last_address{};  ///< of an earlier life: asked for first (INIT-REBOOT)
  /// Whether answers are to be broadcast, because a stack without an address takes no others.
  bool broadcast = true;
  duration start_delay{};      ///< the longest random wait before the first message
  duration least_lease = 10s;  ///< shorter ones are refused
};

/// `requesting` has an offer; `rebooting` asks for an address of an earlier life; `bound`, `renewing` and
/// `rebinding` have an address.
enum class dhcp_client_state : std::uint8_t {
  stopped,
  waiting,
  selecting,
  requesting,
  rebooting,
  bound,
  renewing,
  rebinding
};
[[nodiscard]] constexpr bool has_address(dhcp_client_state state) noexcept {
  return state >= dhcp_client_state::bound;
}

/// What the core wants done. `send`: the message goes from port 68 of `from` (unspecified: of 0.0.0.0) to
/// port 67 of `to`. `configured`: `configuration()` is new. `lost`: what it was must not be used any more.
struct dhcp_client_action {
  enum class kind : std::uint8_t { none, send, configured, lost } what = kind::none;
  dhcp_message_type type = dhcp_message_type::none;
  ipv4_address from{};
  ipv4_address to{};
  std::uint32_t transaction = 0;
  std::uint16_t seconds = 0;
  std::optional<ipv4_address> requested{};
  std::optional<ipv4_address> server{};
};

class dhcp_client_core {
 public:
  static constexpr std::size_t greatest_message = 548;  ///< that `emit` writes

  /// `seed`: of the transaction identifiers and the random delays; nobody should be able to guess it.
  dhcp_client_core(const dhcp_client_options& options, std::uint64_t seed) noexcept
      : options_(options), random_(seed), hint_(options.last_address) {}

  /// Begins to ask; does nothing if it has begun.
  void start(instant now) noexcept;

  /// `not_ours`: for another client, or of another exchange. `unexpected`: not in this state, or from a
  /// server that was not chosen. `refused`: what it offers cannot be used.
  enum class verdict : std::uint8_t { taken, malformed, not_ours, unexpected, refused };
  /// What came to port 68; `poll` until `none` before the next call.
  verdict input(cbytes message, instant now) noexcept;

  /// Somebody else uses the address that we have (RFC 5227): it is declined (RFC 2131 §3.1 step 5), and
  /// another one asked for after 10 s. Does nothing without an address.
  void conflict(instant now) noexcept;
  /// Gives the address back and stops.
  void release(instant now) noexcept;
  /// The link came back, perhaps to another network: asks if the address is still good (RFC 2131 §3.7).
  void link_changed(instant now) noexcept;

  /// The next thing to do; call until `none`. The core has no other output.
  [[nodiscard]] dhcp_client_action poll(instant now) noexcept;
  /// When to call `poll` again; `never` if nothing is waited for.
  [[nodiscard]] instant next_timeout() const noexcept { return actions_.empty() ? deadline_ : instant{}; }
  /// Writes the message of a `send` to `to`, which has room for `greatest_message`, and gives its length.
  [[nodiscard]] std::size_t emit(const dhcp_client_action& action, bytes to) const noexcept;

  [[nodiscard]] dhcp_client_state state() const noexcept { return state_; }
  /// Null without an address; valid until the next call.
  [[nodiscard]] const dhcp_configuration* configuration() const noexcept {
    return has_address(state_) ? &configuration_ : nullptr;
  }
  /// When the address must not be used any more.
  [[nodiscard]] instant expires() const noexcept { return expires_; }

 private:
  void act(dhcp_client_action::kind what) noexcept { actions_.push_back({.what = what}); }
  void send(dhcp_message_type type, instant now) noexcept;
  void begin_exchange(instant now) noexcept;
  void restart(duration delay, instant now) noexcept;
  void lose(duration delay, instant now) noexcept;
  void discover(instant now) noexcept;
  void reboot(instant now) noexcept;
  void time_out(instant now) noexcept;
  void tend_lease(instant now) noexcept;
  void back_off(instant now) noexcept;

  verdict take_offer(const dhcp_message& message, const dhcp_options& options, instant now) noexcept;
  verdict take_ack(const dhcp_message& message, const dhcp_options& options, instant now) noexcept;
  verdict take_nak(const dhcp_options& options, instant now) noexcept;
  void bind(const dhcp_configuration& configuration) noexcept;
  [[nodiscard]] bool is_chosen(const dhcp_options& options) const noexcept;

  [[nodiscard]] std::uint64_t random() noexcept;
  [[nodiscard]] duration random_up_to(duration most) noexcept;

  dhcp_client_options options_;
  std::uint64_t random_;
  dhcp_client_state state_ = dhcp_client_state::stopped;
  inline_vector<dhcp_client_action, 8> actions_;
  instant deadline_ = never;

  std::uint32_t transaction_ = 0;
  instant
      began_{};     // when the first message of this exchange was sent: `seconds` and the lease count from it
  instant sent_{};  // the last one
  unsigned tries_ = 0;
  unsigned refusals_ = 0;               // in a row
  std::optional<ipv4_address> hint_;    // what is asked for
  std::optional<ipv4_address> server_;  // of the offer that was taken
  dhcp_configuration configuration_{};
  instant renew_ = never;
  instant rebind_ = never;
  instant expires_ = never;
};

}  // namespace mirage
