// SPDX-License-Identifier: ISC
#include "mirage/dhcp6/client_core.hpp"

#include <algorithm>
#include <utility>

namespace mirage {

namespace {

using kind = dhcp6_client_action::kind;
using type = dhcp6_message_type;

// RFC 8415 §7.6.
constexpr dhcp6_times request_times{1s, 30s, 10};
constexpr dhcp6_times confirm_times{1s, 4s};
constexpr duration greatest_confirm = 10s;
constexpr dhcp6_times renew_times{10s, 600s};
constexpr dhcp6_times decline_times{1s, {}, 4};
constexpr unsigned best_preference = 255;

// From the first message of an exchange, until `when` at the most.
[[nodiscard]] instant earlier(instant when, instant end) noexcept { return std::min(when, end); }

}  // namespace

dhcp6_client_core::dhcp6_client_core(const dhcp6_client_options& options, std::uint64_t seed) noexcept
    : options_(options), retransmission_(seed) {
  store_be16(&identifier_[0], 3);  // DUID-LL
  store_be16(&identifier_[2], 1);  // of Ethernet
  options_.mac.store(&identifier_[4]);
}

std::optional<dhcp6_client_core::server_name> dhcp6_client_core::server_name::of(
    const dhcp6_message& message) noexcept {
  const auto value = message.find(dhcp6_option::server_identifier);
  if (!value || value->size() < 3 || value->size() > greatest_identifier) return std::nullopt;
  server_name made;
  std::ranges::copy(*value, made.bytes.begin());
  made.size = value->size();
  return made;
}

// ---- What begins and ends ----

void dhcp6_client_core::start(instant now) noexcept {
  if (state_ != client_state::stopped) return;
  state_ = client_state::waiting;
  deadline_ = later(now, retransmission_.random_up_to(options_.start_delay));
}

void dhcp6_client_core::send(instant now) noexcept {
  const std::int64_t hundredths = (now - retransmission_.began()) / 10ms;
  actions_.push_back({.what = kind::send,
                      .type = asking_,
                      .elapsed = static_cast<std::uint16_t>(std::min<std::int64_t>(hundredths, 0xffff))});
}

void dhcp6_client_core::begin(client_state state, type what, const dhcp6_times& times, instant now) noexcept {
  state_ = state;
  asking_ = what;
  transaction_ = static_cast<std::uint32_t>(retransmission_.random() >> 40);
  retransmission_.begin(times, what == type::solicit, now);
  send(now);
  deadline_ = later(now, retransmission_.wait());
}

void dhcp6_client_core::solicit(instant now) noexcept {
  best_.reset();
  begin(client_state::soliciting, type::solicit, {1s, greatest_solicit_}, now);
}

void dhcp6_client_core::request(instant now) noexcept {
  begin(client_state::requesting, type::request, request_times, now);
}

void dhcp6_client_core::inform(instant now) noexcept {
  begin(client_state::informing, type::information_request, {1s, greatest_inform_}, now);
}

// What was told is taken back, and all begins anew.
void dhcp6_client_core::lose(instant now) noexcept {
  if (std::exchange(told_, false)) act(kind::lost);
  configuration_.addresses.clear();
  solicit(now);
}

void dhcp6_client_core::conflict(instant now) noexcept {
  if (!has_addresses()) return;
  told_ = false;
  act(kind::lost);
  begin(client_state::declining, type::decline, decline_times, now);
}

void dhcp6_client_core::release(instant now) noexcept {
  if (has_addresses()) begin(client_state::stopped, type::release, decline_times, now);
  if (std::exchange(told_, false)) act(kind::lost);
  state_ = client_state::stopped;
  deadline_ = never;
}

void dhcp6_client_core::link_changed(instant now) noexcept {
  if (has_addresses()) return begin(client_state::confirming, type::confirm, confirm_times, now);
  if (state_ == client_state::informed || state_ == client_state::informing) return inform(now);
  if (state_ == client_state::soliciting || state_ == client_state::requesting) solicit(now);
}

// ---- Time ----

dhcp6_client_action dhcp6_client_core::poll(instant now) noexcept {
  while (actions_.empty() && now >= deadline_) time_out(now);
  if (actions_.empty()) return {};
  const dhcp6_client_action next = actions_.front();
  const auto before = actions_;
  actions_.clear();
  for (std::size_t i = 1; i < before.size(); ++i) actions_.push_back(before[i]);
  return next;
}

void dhcp6_client_core::repeat(instant now, instant end) noexcept {
  if (!retransmission_.again()) return lose(now);
  send(now);
  deadline_ = earlier(later(now, retransmission_.wait()), end);
}

void dhcp6_client_core::time_out(instant now) noexcept {
  switch (state_) {
    case client_state::stopped: deadline_ = never; return;
    case client_state::waiting: return options_.addresses ? solicit(now) : inform(now);
    case client_state::soliciting:
      if (!best_) return repeat(now, never);
      server_ = best_->server;
      configuration_.addresses = best_->addresses;
      return request(now);
    case client_state::requesting:
      // It may still use addresses that the server has forgotten.
      if (told_ && now >= expires_) return lose(now);
      return repeat(now, told_ ? expires_ : never);
    case client_state::informing:
    case client_state::declining: return repeat(now, never);
    case client_state::informed: return inform(now);
    case client_state::confirming:
      // Nobody objects (§18.2.3).
      if (now >= retransmission_.began() + greatest_confirm) {
        state_ = client_state::bound;
        deadline_ = renew_;
        return;
      }
      return repeat(now, retransmission_.began() + greatest_confirm);
    case client_state::bound:
    case client_state::renewing:
    case client_state::rebinding: return tend_lease(now);
  }
}

// §18.2.4 and §18.2.5. The time may have jumped over several of the marks.
void dhcp6_client_core::tend_lease(instant now) noexcept {
  if (now >= expires_) return lose(now);
  if (now >= rebind_ && state_ != client_state::rebinding) {
    begin(client_state::rebinding, type::rebind, renew_times, now);
    deadline_ = earlier(deadline_, expires_);
  } else if (state_ == client_state::bound) {
    begin(client_state::renewing, type::renew, renew_times, now);
    deadline_ = earlier(deadline_, rebind_);
  } else {
    repeat(now, state_ == client_state::renewing ? rebind_ : expires_);
  }
}

// ---- Messages that come ----

dhcp6_client_core::verdict dhcp6_client_core::input(cbytes bytes, instant now) noexcept {
  const auto message = dhcp6_message::of(bytes);
  if (!message) return verdict::malformed;
  if (message->type() != type::advertise && message->type() != type::reply) return verdict::unexpected;
  if (message->transaction() != transaction_) return verdict::not_ours;
  // §16.3, §16.10: the server has a name, and it is meant for us; without addresses we may be nobody.
  const auto client = message->find(dhcp6_option::client_identifier);
  if (client && !std::ranges::equal(*client, identifier_)) return verdict::not_ours;
  const auto server = server_name::of(*message);
  if (!server || (!client && state_ != client_state::informing)) return verdict::unexpected;
  read_limits(*message);
  if (message->type() == type::advertise) return take_advertisement(*message, *server, now);
  return take_reply(*message, *server, now);
}

// §21.24, §21.25: from one minute to a day.
void dhcp6_client_core::read_limits(const dhcp6_message& message) noexcept {
  const auto read = [&](dhcp6_option code, duration& to) {
    const auto value = message.find(code);
    if (!value || value->size() != 4) return;
    const duration asked = std::chrono::seconds(load_be32(value->data()));
    if (asked >= 60s && asked <= 86400s) to = asked;
  };
  read(dhcp6_option::solicit_most, greatest_solicit_);
  read(dhcp6_option::information_most, greatest_inform_);
  if (state_ == client_state::soliciting) retransmission_.set_greatest(greatest_solicit_);
}

// §18.2.9: the best of those that come before the first timeout; after that, the first.
dhcp6_client_core::verdict dhcp6_client_core::take_advertisement(const dhcp6_message& message,
                                                                 const server_name& server,
                                                                 instant now) noexcept {
  if (state_ != client_state::soliciting) return verdict::unexpected;
  const dhcp6_association offered = read_association(message, options_.identity);
  if (!offered.there || offered.status != dhcp6_status::success || offered.addresses.empty() ||
      status_of(message.options()) != dhcp6_status::success)
    return verdict::refused;
  const auto preference = message.find(dhcp6_option::preference);
  const unsigned value =
      preference && preference->size() == 1 ? std::to_integer<unsigned>(preference->front()) : 0;
  if (!best_ || value > best_->preference)
    best_ = {.server = server, .preference = value, .addresses = offered.addresses};
  if (!retransmission_.is_first() || best_->preference == best_preference) deadline_ = now;
  return verdict::taken;
}

dhcp6_client_core::verdict dhcp6_client_core::take_reply(const dhcp6_message& message,
                                                         const server_name& server, instant now) noexcept {
  const bool chosen = std::ranges::equal(server.view(), server_.view());
  switch (state_) {
    case client_state::soliciting:
      if (!options_.rapid_commit || !message.find(dhcp6_option::rapid_commit)) return verdict::unexpected;
      return take_lease(message, server, now);
    case client_state::requesting:
    case client_state::renewing: return chosen ? take_lease(message, server, now) : verdict::unexpected;
    case client_state::rebinding: return take_lease(message, server, now);
    case client_state::informing:
      configuration_ = read_configuration(message);
      state_ = client_state::informed;
      told_ = true;
      deadline_ = later(now, configuration_.refresh_after);
      act(kind::configured);
      return verdict::taken;
    case client_state::confirming:
      if (status_of(message.options()) == dhcp6_status::not_on_link) {
        lose(now);
      } else {
        state_ = client_state::bound;
        deadline_ = renew_;
      }
      return verdict::taken;
    case client_state::declining:
      if (!chosen) return verdict::unexpected;
      lose(now);
      return verdict::taken;
    case client_state::stopped:
    case client_state::waiting:
    case client_state::informed:
    case client_state::bound: return verdict::unexpected;
  }
  return verdict::unexpected;
}

// §18.2.10.1.
dhcp6_client_core::verdict dhcp6_client_core::take_lease(const dhcp6_message& message,
                                                         const server_name& server, instant now) noexcept {
  const dhcp6_association granted = read_association(message, options_.identity);
  const dhcp6_status status = status_of(message.options());
  if (status == dhcp6_status::failed) return verdict::refused;  // asked again at the usual time
  if (state_ >= client_state::renewing && granted.there && granted.status == dhcp6_status::no_binding) {
    server_ = server;
    request(now);
    return verdict::taken;
  }
  if (granted.there && granted.status == dhcp6_status::success && status == dhcp6_status::success &&
      !granted.addresses.empty()) {
    bind(granted, server, message, now);
    return verdict::taken;
  }
  // Another server may have what this one has not; the times of the solicitations keep us from a busy loop.
  if (state_ == client_state::requesting &&
      (status == dhcp6_status::not_on_link || granted.status == dhcp6_status::no_addresses ||
       granted.status == dhcp6_status::not_on_link)) {
    if (std::exchange(told_, false)) act(kind::lost);
    configuration_.addresses.clear();
    state_ = client_state::waiting;
    deadline_ = later(now, 10s);
    return verdict::taken;
  }
  return verdict::refused;
}

void dhcp6_client_core::bind(const dhcp6_association& granted, const server_name& server,
                             const dhcp6_message& message, instant now) noexcept {
  server_ = server;
  configuration_ = read_configuration(message);
  configuration_.addresses = granted.addresses;
  duration longest{};
  for (const dhcp6_address& each : granted.addresses) longest = std::max(longest, each.valid);
  expires_ = later(now, longest);
  rebind_ = earlier(later(now, granted.rebind_after), expires_);
  renew_ = earlier(later(now, granted.renew_after), rebind_);
  state_ = client_state::bound;
  told_ = true;
  deadline_ = renew_;
  act(kind::configured);
}

// ---- Messages that go ----

namespace {

/// The association with the addresses; without them where they are not known, or with hints.
[[nodiscard]] std::size_t write_association(bytes to, std::uint32_t identity,
                                            const dhcp6_addresses& addresses) noexcept {
  std::fill_n(to.begin(), 12, std::byte{0});
  store_be32(to.data(), identity);
  std::size_t used = 12;
  for (const dhcp6_address& each : addresses) {
    store_be16(&to[used], static_cast<std::uint16_t>(dhcp6_option::address));
    store_be16(&to[used + 2], 24);
    each.address.store(&to[used + 4]);
    std::fill_n(to.begin() + static_cast<std::ptrdiff_t>(used) + 20, 8,
                std::byte{0});  // the times are the server's
    used += 28;
  }
  return used;
}

}  // namespace

std::size_t dhcp6_client_core::emit(const dhcp6_client_action& action, bytes to) const noexcept {
  dhcp6_message_writer writer(to, action.type, transaction_);
  writer.add(dhcp6_option::client_identifier, identifier_);
  writer.add16(dhcp6_option::elapsed_time, action.elapsed);
  const bool to_one = action.type == type::request || action.type == type::renew ||
                      action.type == type::release || action.type == type::decline;
  if (to_one) writer.add(dhcp6_option::server_identifier, server_.view());
  if (action.type != type::information_request) {
    std::array<std::byte, 12 + 28 * dhcp6_addresses::capacity()> association;
    const std::size_t size = write_association(association, options_.identity, configuration_.addresses);
    writer.add(dhcp6_option::addresses, cbytes(association).first(size));
  }
  if (action.type == type::release || action.type == type::decline || action.type == type::confirm)
    return writer.size();
  if (action.type == type::solicit && options_.rapid_commit) writer.add(dhcp6_option::rapid_commit, {});
  std::array<std::byte, 10> wanted;
  store_be16(&wanted[0], static_cast<std::uint16_t>(dhcp6_option::name_servers));
  store_be16(&wanted[2], static_cast<std::uint16_t>(dhcp6_option::time_servers));
  const bool informs = action.type == type::information_request;
  store_be16(&wanted[4], static_cast<std::uint16_t>(informs ? dhcp6_option::information_most
                                                            : dhcp6_option::solicit_most));
  store_be16(&wanted[6], static_cast<std::uint16_t>(dhcp6_option::refresh_time));
  writer.add(dhcp6_option::wanted, cbytes(wanted).first(informs ? 8 : 6));
  return writer.size();
}

}  // namespace mirage
