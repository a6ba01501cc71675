// SPDX-License-Identifier: ISC
// Tells other servers that a zone has changed, until they answer: RFC 1996 §3.
//
//   dns_notifier<socket_stack> notifier{"notifier", stack, keys};
//   notifier.add(secondary);
//   versions.watch(notifier);
//   co_await notifier.run();
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/when.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/wall_seconds.hpp"
#include "mirage/dns_server/peers.hpp"
#include "mirage/dns_server/zone_versions.hpp"
#include "mirage/random_port.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct dns_notifier_options {
  duration patience = 2s;  ///< for the first answer; twice as long each time
  unsigned tries = 5;
};

/// What is given must outlive it.
template <v1::stack Stack>
class dns_notifier final : public dns::zone_watcher {
 public:
  dns_notifier(std::string_view name, Stack& stack, const dns::key_ring& keys,
               const dns_notifier_options& options = {})
      : stack_(stack),
        keys_(keys),
        options_(options),
        sent_("dns_notifications_total", {{"device", name}}, "Notifications that were sent"),
        given_up_("dns_notifications_given_up_total", {{"device", name}}, "Those that nobody answered") {}
  dns_notifier(const dns_notifier&) = delete;
  dns_notifier& operator=(const dns_notifier&) = delete;

  /// Who is told. Before `run`.
  void add(const dns::peer& told) { listeners_.push_back(std::make_unique<listener>(told)); }

  void zone_changed(const dns::zone& now) override {
    for (auto& each : listeners_) {
      const dns::name origin = now.origin();
      if (std::ranges::find(each->waiting, origin) == each->waiting.end()) each->waiting.push_back(origin);
      each->wake.set();
    }
  }

  /// Tells them until it is cancelled.
  task<> run() {
    auto handler = [this](v1::datagram&& came) noexcept { input(came); };
    auto listening = listen_at_random_port(first_port, [&](std::uint16_t port) {
      port_ = port;
      return stack_.udp().listen({ip_address(), port}, handler);
    });
    if (!listening) {
      log_.error("notifications are not sent: {}", describe(listening.error()));
      co_return;
    }
    scope each_listener;
    for (auto& each : listeners_) {
      auto spawned = each_listener.spawn("dns notifications", tell(*each));
      require(spawned.has_value(), "there is no memory for notifications");
    }
    co_await each_listener.join();
  }

 private:
  static constexpr std::uint16_t first_port = 49152;
  static constexpr std::size_t greatest_message = 512 + 512;  // the question, and a signature
  static constexpr log_source log_{"dns"};

  struct listener {
    explicit listener(const dns::peer& to) : told(to) {}
    dns::peer told;
    std::vector<dns::name> waiting;  // zones of which it must be told
    event wake;
    std::uint16_t id = 0;
    event answered;
  };

  static task<> set(event& what) { co_await what; }

  task<> tell(listener& to) {
    while (true) {
      if (to.waiting.empty()) {
        to.wake.reset();
        co_await to.wake;
        continue;
      }
      const dns::name origin = to.waiting.front();
      to.waiting.erase(to.waiting.begin());  // a change from now on is another notification
      duration patience = options_.patience;
      bool done = false;
      for (unsigned tries = 0; tries < options_.tries && !done; ++tries, patience *= 2) {
        to.answered.reset();
        send(to, origin);
        co_await with_timeout(patience, set(to.answered));
        done = to.answered.is_set();
      }
      if (done) continue;
      ++given_up_;
      log_.warning("{}: {} does not answer notifications", origin, to.told.at);
    }
  }

  void send(listener& to, const dns::name& origin) {
    to.id = static_cast<std::uint16_t>(os::random64());
    auto fill = [&](bytes room) noexcept { return write(to, origin, room); };
    const v1::datagram_route route{.destination = to.told.at, .source = {ip_address(), port_}};
    if (stack_.udp().write(route, greatest_message, fill)) ++sent_;
  }

  std::size_t write(const listener& to, const dns::name& origin, bytes room) const {
    const dns::tsig_key* key = to.told.key ? keys_.find(*to.told.key) : nullptr;
    dns::message_writer writer(room.first(512));
    writer.set_header({.id = to.id, .operation = dns::opcode::notify, .authoritative = true});
    static_cast<void>(writer.add_question(origin, dns::record_type::soa));  // one name always fits
    const std::size_t size = writer.finish().size();
    if (key == nullptr) return size;
    dns::tsig_exchange exchange(*key);
    return exchange.sign(room, size, dns::wall_seconds());
  }

  void input(const v1::datagram& came) noexcept {
    const cbytes message = came.payload.view();
    if (message.size() < dns::header::size) return;
    const dns::header head = dns::header::load(message.data());
    if (!head.response || head.operation != dns::opcode::notify) return;
    for (auto& each : listeners_)
      if (each->told.at == came.source && each->id == head.id) each->answered.set();
  }

  Stack& stack_;
  const dns::key_ring& keys_;
  dns_notifier_options options_;
  std::vector<std::unique_ptr<listener>> listeners_;
  std::uint16_t port_ = 0;
  counter sent_;
  counter given_up_;
};

}  // namespace mirage
