// SPDX-License-Identifier: ISC
// Zones that are another server's, fetched from it and kept as new as it says: RFC 1034 §4.3.5, RFC 1995, RFC
// 1996 §3, RFC 5936. The primary is asked by IXFR over TCP, which answers whether there is something new,
// too.
//
//   dns_secondary<socket_stack> secondary{"secondary", stack, versions, keys};
//   secondary.add(origin, primary);
//   co_await secondary.run();
//
// Until a zone has come for the first time, and when it is too old, queries for it are answered with
// SERVFAIL. Not implemented: several primaries of one zone, zones that outlive a restart.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/shared.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/dns/framed_input.hpp"
#include "mirage/dns/wall_seconds.hpp"
#include "mirage/dns_server/incoming_transfer.hpp"
#include "mirage/dns_server/peers.hpp"
#include "mirage/dns_server/secondary_timers.hpp"
#include "mirage/dns_server/zone_versions.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct dns_secondary_options {
  dns::incoming_options incoming{};
  duration idle = 10s;           ///< for the next part of a transfer to come
  duration transfer = 15min;     ///< for a whole one
  duration least_interval = 1s;  ///< between two questions about one zone, whoever wants them
};

/// What is given must outlive it.
template <v1::stack Stack>
class dns_secondary final : public dns::notify_sink {
 public:
  dns_secondary(std::string_view name, Stack& stack, dns::zone_versions& versions, const dns::key_ring& keys,
                const dns_secondary_options& options = {})
      : stack_(stack),
        versions_(versions),
        keys_(keys),
        options_(options),
        fetched_("dns_secondary_updates_total", {{"device", name}, {"result", "done"}},
                 "Questions to primaries by what came of them"),
        failed_("dns_secondary_updates_total", {{"device", name}, {"result", "failed"}}),
        expired_("dns_secondary_expired_total", {{"device", name}},
                 "Zones that became too old to be served") {}
  dns_secondary(const dns_secondary&) = delete;
  dns_secondary& operator=(const dns_secondary&) = delete;

  /// A zone and its primary. Before `run`.
  void add(dns::name_view origin, const dns::peer& primary) {
    zones_.push_back(std::make_unique<followed>(origin, primary));
    versions_.set_unavailable(origin);
  }

  /// Keeps the zones until it is cancelled.
  task<> run() {
    scope each_zone;
    for (auto& each : zones_) {
      auto spawned = each_zone.spawn("dns secondary", keep(*each));
      require(spawned.has_value(), "there is no memory for a secondary zone");
    }
    co_await each_zone.join();
  }

  dns::rcode notified(dns::name_view zone, const ip_address& from, const dns::tsig_key* signer) override {
    for (auto& each : zones_) {
      if (each->origin.view() != zone) continue;
      const dns::peer& primary = each->primary;
      if (from != primary.at.address && (!primary.key || signer == nullptr || signer->id != *primary.key))
        return dns::rcode::refused;
      each->wake.set();
      return dns::rcode::no_error;
    }
    return dns::rcode::not_authoritative;
  }

 private:
  using flow = typename Stack::flow;
  enum class outcome : std::uint8_t { done, nonsense, unreachable };
  static constexpr log_source log_{"dns"};

  struct followed {
    followed(dns::name_view zone, const dns::peer& from) : origin(zone), primary(from), timers(os::now()) {}
    dns::name origin;
    dns::peer primary;
    dns::secondary_timers timers;
    event wake;  // the primary has said that there is something new
  };

  static task<> set(event& what) { co_await what; }

  task<> keep(followed& of) {
    while (true) {
      const instant until = std::min(of.timers.due(), of.timers.expires().value_or(never));
      if (!of.wake.is_set() && os::now() < until) {
        co_await with_timeout(until - os::now(), set(of.wake));
        continue;
      }
      const bool due = of.wake.is_set() || of.timers.due() <= os::now();
      of.wake.reset();
      if (of.timers.expires().value_or(never) <= os::now()) expire(of);
      if (!due) continue;
      const bool done = co_await update(of);
      if (const auto now_served = versions_.zones().hold(of.origin); done && now_served)
        of.timers.succeeded(*now_served, os::now());
      else
        of.timers.failed(os::now());
      ++(done ? fetched_ : failed_);
      co_await sleep_for(options_.least_interval);
    }
  }

  void expire(followed& of) {
    log_.error("{}: {} has not answered for too long; the zone is no longer served", of.origin,
               of.primary.at);
    of.timers.expired();
    versions_.set_unavailable(of.origin);
    ++expired_;
  }

  /// What follows our version; where that makes no sense, all of the zone.
  task<bool> update(followed& of) {
    auto have = versions_.zones().hold(of.origin);
    const bool incremental = have != nullptr;
    outcome came = co_await fetch(of, std::move(have));
    if (came == outcome::nonsense && incremental) came = co_await fetch(of, nullptr);
    co_return came == outcome::done;
  }

  task<outcome> fetch(followed& of, shared<const dns::zone> have) {
    const auto came = co_await with_timeout(options_.transfer, transfer(of, std::move(have)));
    if (!came) log_.error("{}: the transfer from {} takes too long", of.origin, of.primary.at);
    co_return came.value_or(outcome::unreachable);
  }

  task<outcome> transfer(followed& of, shared<const dns::zone> have) {
    auto connected = co_await with_timeout(options_.idle, stack_.tcp().connect(of.primary.at));
    if (!connected || !*connected) {
      const auto why = connected ? connected->error() : v1::flow_error::timed_out;
      log_.error("{}: {}: {}", of.origin, of.primary.at, describe(why));
      co_return outcome::unreachable;
    }
    flow with = **std::move(connected);
    const dns::tsig_key* key = of.primary.key ? keys_.find(*of.primary.key) : nullptr;
    dns::incoming_transfer incoming(of.origin, std::move(have), key, options_.incoming);
    buffer question = ask(incoming);
    auto written = co_await with_timeout(options_.idle, with.write(std::move(question)));
    dns::framed_input input;
    while (written && *written) {
      auto part = co_await with_timeout(options_.idle, with.read());
      if (!part || !*part || (*part)->empty() || !input.add(**std::move(part))) break;
      while (auto message = input.next()) {
        auto state = incoming.input(*message, dns::wall_seconds());
        while (state == dns::incoming_transfer::state::building) {
          co_await yield();
          state = incoming.build(dns::records_in_a_part);
        }
        if (state == dns::incoming_transfer::state::more) continue;
        if (state == dns::incoming_transfer::state::failed) co_return refuse(of, incoming);
        co_await serve(of, incoming.take());
        co_await with.close();
        co_return outcome::done;
      }
    }
    log_.error("{}: the transfer from {} broke off", of.origin, of.primary.at);
    co_return outcome::nonsense;
  }

  static buffer ask(dns::incoming_transfer& incoming) {
    constexpr std::size_t greatest_question = 1024;
    buffer made = buffer::allocate(2 + greatest_question);
    if (!made) return made;
    made.resize(2 + greatest_question);
    const bytes room = made.writable();
    const std::size_t size =
        incoming.ask(room.subspan(2), static_cast<std::uint16_t>(os::random64()), dns::wall_seconds());
    store_be16(room.data(), static_cast<std::uint16_t>(size));
    made.resize(2 + size);
    return made;
  }

  outcome refuse(const followed& of, const dns::incoming_transfer& incoming) const {
    log_.error("{}: the transfer from {}: {} ({})", of.origin, of.primary.at, describe(incoming.error()),
               incoming.code());
    return outcome::nonsense;
  }

  task<> serve(const followed& of, shared<const dns::zone> made) {
    if (!made) co_return;
    log_.info("{}: serial {} from {}, {} records", of.origin, made->serial(), of.primary.at, made->records());
    dns::zone_versions::replacement served(versions_, std::move(made));
    while (!served.advance(dns::records_in_a_part)) co_await yield();
  }

  Stack& stack_;
  dns::zone_versions& versions_;
  const dns::key_ring& keys_;
  dns_secondary_options options_;
  std::vector<std::unique_ptr<followed>> zones_;
  counter fetched_;
  counter failed_;
  counter expired_;
};

}  // namespace mirage
