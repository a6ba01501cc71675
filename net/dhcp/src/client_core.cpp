// SPDX-License-Identifier: ISC
#include "mirage/dhcp/client_core.hpp"

#include <algorithm>
#include <array>

#include "mirage/core/hash.hpp"
#include "mirage/dhcp/message_writer.hpp"

namespace mirage {

namespace {

using kind = dhcp_client_action::kind;
using client_state = dhcp_client_state;

// RFC 2131 §4.1.
constexpr duration first_wait = 4s;
constexpr unsigned most_doublings = 4;
constexpr duration jitter = 1s;
constexpr unsigned most_requests = 4;
constexpr unsigned most_reboot_requests = 3;
constexpr duration least_renewal_wait = 60s;   // §4.4.5
constexpr duration wait_after_conflict = 10s;  // §3.1 step 5

[[nodiscard]] instant wait_for_half(instant now, instant end) noexcept {
  if (end == never) return never;
  return std::min(end, now + std::max<duration>((end - now) / 2, least_renewal_wait));
}

}  // namespace

std::uint64_t dhcp_client_core::random() noexcept { return random_ = hash_mix(random_, 0x6468'6370); }

duration dhcp_client_core::random_up_to(duration most) noexcept {
  if (most <= duration::zero()) return {};
  return duration(static_cast<std::int64_t>(random() % static_cast<std::uint64_t>(most.count() + 1)));
}

// ---- What begins and ends ----

void dhcp_client_core::start(instant now) noexcept {
  if (state_ != client_state::stopped) return;
  if (hint_) return reboot(now);
  restart(random_up_to(options_.start_delay), now);
}

void dhcp_client_core::restart(duration delay, instant now) noexcept {
  state_ = client_state::waiting;
  deadline_ = later(now, delay);
}

void dhcp_client_core::lose(duration delay, instant now) noexcept {
  if (has_address(state_)) act(kind::lost);
  restart(delay, now);
}

void dhcp_client_core::begin_exchange(instant now) noexcept {
  transaction_ = static_cast<std::uint32_t>(random() >> 32);
  began_ = now;
  tries_ = 0;
}

void dhcp_client_core::discover(instant now) noexcept {
  begin_exchange(now);
  server_.reset();
  state_ = client_state::selecting;
  send(dhcp_message_type::discover, now);
  back_off(now);
}

void dhcp_client_core::reboot(instant now) noexcept {
  begin_exchange(now);
  server_.reset();
  state_ = client_state::rebooting;
  send(dhcp_message_type::request, now);
  back_off(now);
}

void dhcp_client_core::conflict(instant now) noexcept {
  if (!has_address(state_)) return;
  hint_ = configuration_.address.address();
  server_ = configuration_.server;
  begin_exchange(now);
  lose(wait_after_conflict, now);
  send(dhcp_message_type::decline, now);
  hint_.reset();
}

void dhcp_client_core::release(instant now) noexcept {
  if (has_address(state_)) {
    server_ = configuration_.server;
    begin_exchange(now);
    if (server_) send(dhcp_message_type::release, now);
    act(kind::lost);
  }
  state_ = client_state::stopped;
  deadline_ = never;
}

void dhcp_client_core::link_changed(instant now) noexcept {
  switch (state_) {
    case client_state::stopped: return;
    case client_state::bound:
    case client_state::renewing:
    case client_state::rebinding:
      act(kind::lost);
      hint_ = configuration_.address.address();
      return reboot(now);
    case client_state::rebooting: return reboot(now);
    case client_state::waiting:
    case client_state::selecting:
    case client_state::requesting: return restart({}, now);
  }
}

// ---- Time ----

dhcp_client_action dhcp_client_core::poll(instant now) noexcept {
  if (actions_.empty() && now >= deadline_) time_out(now);
  if (actions_.empty()) return {};
  const dhcp_client_action next = actions_.front();
  const auto before = actions_;
  actions_.clear();
  for (std::size_t i = 1; i < before.size(); ++i) actions_.push_back(before[i]);
  return next;
}

void dhcp_client_core::time_out(instant now) noexcept {
  switch (state_) {
    case client_state::stopped: deadline_ = never; return;
    case client_state::waiting: return discover(now);
    case client_state::selecting: send(dhcp_message_type::discover, now); return back_off(now);
    case client_state::requesting:
    case client_state::rebooting:
      if (tries_ >= (state_ == client_state::requesting ? most_requests : most_reboot_requests))
        return discover(now);
      send(dhcp_message_type::request, now);
      return back_off(now);
    case client_state::bound:
    case client_state::renewing:
    case client_state::rebinding: return tend_lease(now);
  }
}

// 4, 8, 16, 32 and then 64 s, each up to a second more or less.
void dhcp_client_core::back_off(instant now) noexcept {
  const duration wait = first_wait * (1 << std::min(tries_, most_doublings));
  ++tries_;
  deadline_ = now + wait - jitter + random_up_to(2 * jitter);
}

// RFC 2131 §4.4.5. The time may have jumped over several of the marks.
void dhcp_client_core::tend_lease(instant now) noexcept {
  if (now >= expires_) {
    act(kind::lost);
    return discover(now);
  }
  const client_state before = state_;
  state_ = now >= rebind_ ? client_state::rebinding : client_state::renewing;
  if (before == client_state::bound) begin_exchange(now);
  send(dhcp_message_type::request, now);
  deadline_ = wait_for_half(now, state_ == client_state::renewing ? rebind_ : expires_);
}

// ---- Messages that come ----

dhcp_client_core::verdict dhcp_client_core::input(cbytes bytes, instant now) noexcept {
  const auto message = dhcp_message::of(bytes);
  if (!message || message->operation() != dhcp_operation::reply) return verdict::malformed;
  if (message->transaction() != transaction_ || message->mac() != options_.mac) return verdict::not_ours;
  const auto options = dhcp_options::of(*message);
  if (!options) return verdict::malformed;
  switch (options->type()) {
    case dhcp_message_type::offer: return take_offer(*message, *options, now);
    case dhcp_message_type::ack: return take_ack(*message, *options, now);
    case dhcp_message_type::nak: return take_nak(*options, now);
    default: return verdict::unexpected;
  }
}

dhcp_client_core::verdict dhcp_client_core::take_offer(const dhcp_message& message,
                                                       const dhcp_options& options, instant now) noexcept {
  if (state_ != client_state::selecting) return verdict::unexpected;
  const auto offered = read_configuration(message, options, options_.least_lease);
  if (!offered || !offered->server || !dhcp_options::can_be_host(*offered->server)) return verdict::refused;
  hint_ = offered->address.address();
  server_ = offered->server;
  state_ = client_state::requesting;
  tries_ = 0;
  send(dhcp_message_type::request, now);
  back_off(now);
  return verdict::taken;
}

// While it asks one server, nobody else may answer.
bool dhcp_client_core::is_chosen(const dhcp_options& options) const noexcept {
  const auto server = options.address(dhcp_option::server_identifier);
  if (state_ == client_state::requesting) return server == server_;
  if (state_ == client_state::renewing) return server == configuration_.server;
  return server && dhcp_options::can_be_host(*server);
}

dhcp_client_core::verdict dhcp_client_core::take_ack(const dhcp_message& message, const dhcp_options& options,
                                                     instant) noexcept {
  const bool expected = state_ == client_state::requesting || state_ == client_state::rebooting ||
                        state_ == client_state::renewing || state_ == client_state::rebinding;
  if (!expected || !is_chosen(options)) return verdict::unexpected;
  const auto granted = read_configuration(message, options, options_.least_lease);
  const ipv4_address wanted = has_address(state_) ? configuration_.address.address() : *hint_;
  if (!granted || granted->address.address() != wanted) return verdict::refused;
  bind(*granted);
  return verdict::taken;
}

void dhcp_client_core::bind(const dhcp_configuration& granted) noexcept {
  configuration_ = granted;
  hint_ = granted.address.address();
  refusals_ = 0;
  // The lease began when it was asked for, at the latest; a little before T1, so that hosts that were started
  // together do not all come together (§4.4.5).
  const duration early =
      granted.renew_after == duration::max() ? duration{} : random_up_to(granted.renew_after / 16);
  renew_ = later(sent_, granted.renew_after - early);
  rebind_ = later(sent_, granted.rebind_after);
  expires_ = later(sent_, granted.lease);
  state_ = client_state::bound;
  deadline_ = renew_;
  transaction_ = static_cast<std::uint32_t>(random() >> 32);
  act(kind::configured);
}

dhcp_client_core::verdict dhcp_client_core::take_nak(const dhcp_options& options, instant now) noexcept {
  const bool expected = state_ == client_state::requesting || state_ == client_state::rebooting ||
                        state_ == client_state::renewing || state_ == client_state::rebinding;
  if (!expected || !is_chosen(options)) return verdict::unexpected;
  hint_.reset();
  lose(refusals_++ == 0 ? duration{} : wait_after_conflict, now);
  return verdict::taken;
}

// ---- Messages that go ----

// Table 5 of §4.4.1 and §4.3.6: what each message says of the address, and where it goes.
void dhcp_client_core::send(dhcp_message_type type, instant now) noexcept {
  dhcp_client_action made{.what = kind::send, .type = type, .to = ipv4_address::broadcast()};
  made.transaction = transaction_;
  made.seconds = static_cast<std::uint16_t>(std::min<std::int64_t>((now - began_) / 1s, 0xffff));
  const bool ours =
      type == dhcp_message_type::release || (type == dhcp_message_type::request && has_address(state_));
  if (ours) {
    made.from = configuration_.address.address();
    if ((type == dhcp_message_type::release || state_ != client_state::rebinding) && configuration_.server)
      made.to = *configuration_.server;
  } else {
    made.requested = hint_;
  }
  if (type == dhcp_message_type::release || type == dhcp_message_type::decline ||
      (type == dhcp_message_type::request && state_ == client_state::requesting))
    made.server = server_;
  sent_ = now;
  actions_.push_back(made);
}

std::size_t dhcp_client_core::emit(const dhcp_client_action& action, bytes to) const noexcept {
  constexpr std::array<std::byte, 8> wanted{std::byte{1},  std::byte{121}, std::byte{3},  std::byte{6},
                                            std::byte{12}, std::byte{15},  std::byte{26}, std::byte{42}};
  constexpr std::uint16_t longest_datagram = 1500;  // in bytes of IP: no fragments on Ethernet
  std::array<std::byte, mac_address::size> mac;
  options_.mac.store(mac.data());
  const bool asks = action.type == dhcp_message_type::discover || action.type == dhcp_message_type::request;
  dhcp_message_writer writer(
      to.first(greatest_message),
      {.hardware_address = mac,
       .transaction = action.transaction,
       .seconds = action.seconds,
       .flags = asks && options_.broadcast && action.from.is_unspecified() ? dhcp_message::broadcast_flag
                                                                           : std::uint16_t{0},
       .client_address = action.from});
  writer.add(action.type);
  if (!options_.identifier.view().empty())
    writer.add(dhcp_option::client_identifier, options_.identifier.view());
  if (action.requested) writer.add(dhcp_option::requested_address, *action.requested);
  if (action.server) writer.add(dhcp_option::server_identifier, *action.server);
  if (asks) {
    writer.add(dhcp_option::parameter_list, wanted);
    writer.add16(dhcp_option::greatest_message, longest_datagram);
    if (!options_.host_name.empty()) writer.add(dhcp_option::host_name, options_.host_name);
    if (!options_.vendor_class.empty()) writer.add(dhcp_option::vendor_class, options_.vendor_class);
  }
  return writer.finish();
}

}  // namespace mirage
