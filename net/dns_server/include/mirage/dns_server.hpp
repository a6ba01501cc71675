// SPDX-License-Identifier: ISC
// An authoritative DNS server over any stack, UDP and TCP: RFC 1035, RFC 7766. A query over UDP costs neither
// memory nor a task.
//
//   dns::zone_table zones;
//   zones.set(...);
//   dns_server<socket_stack> server{"dns", stack, zones};
//   auto served = co_await server.serve(53);
//
// Zones may be replaced in the table while it serves. What other servers may do, whole zones (RFC 5936, RFC
// 1995) over TCP and notifications, `options.peers` says; nobody may without it. Not implemented: updates
// (RFC 2136).
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <utility>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/dns/framed_input.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/query_log.hpp"
#include "mirage/dns/wall_seconds.hpp"
#include "mirage/dns_server/no_peers.hpp"
#include "mirage/dns_server/peer_responder.hpp"
#include "mirage/dns_server/rate_limiter.hpp"
#include "mirage/dns_server/responder.hpp"
#include "mirage/dns_server/server_counters.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct dns_server_options {
  dns::responder_options answers{};
  dns::peer_options peers{};
  dns::rate_limit_options rate{};
  std::size_t connections = 256;  ///< TCP connections at once; beyond, new ones are closed
  duration idle = 10s;            ///< for a connection's next query to come, and for an answer to be taken
  duration idle_when_busy = 1s;   ///< the same when more than half of the connections are in use
  duration transfer = 15min;      ///< for a whole zone to be taken
};

/// Answers on a port. The stack, the table and the name must outlive it. With `dns::no_peers` it does without
/// what is for other servers, and without its code.
template <v1::stack Stack, class Peers = dns::peer_responder>
class dns_server {
  static constexpr bool has_peers = !std::same_as<Peers, dns::no_peers>;

 public:
  dns_server(std::string_view name, Stack& stack, const dns::zone_table& zones,
             const dns_server_options& options = {})
      : name_(name),
        stack_(stack),
        options_(options),
        responder_(zones, options.answers),
        peers_(responder_, options.peers),
        limiter_(options.rate),
        counters_(name) {}
  dns_server(const dns_server&) = delete;
  dns_server& operator=(const dns_server&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  /// Serves the port over UDP and TCP until `stop`.
  task<result<void, v1::listen_error>> serve(std::uint16_t port) {
    auto listener = stack_.tcp().listen({ip_address(), port});
    if (!listener) co_return fail(listener.error());
    auto handler = [this](v1::datagram&& came) noexcept { answer(came); };
    auto datagrams = stack_.udp().listen({ip_address(), port}, handler);
    if (!datagrams) co_return fail(datagrams.error());
    scope connections;
    auto accepting = connections.spawn("dns listener", accept(*listener, connections));
    if (!accepting) co_return fail(v1::listen_error::no_memory);
    co_await stopped_;
    co_return result<void, v1::listen_error>{};
  }

  task<> stop() {
    stopped_.set();
    co_return;
  }

 private:
  using flow = typename Stack::flow;
  using listener = typename Stack::listener;
  using transfer = typename Peers::transfer;

  static std::uint32_t seconds_of(const dns::query& asked) noexcept {
    return asked.options() ? static_cast<std::uint32_t>(dns::wall_seconds())
                           : 0;  // only cookies depend on it
  }

  void note(const dns::query& asked, const ip_address& client, dns::transport over,
            const dns::answered& made) noexcept {
    counters_.count(made, over);
    dns::log_query(asked, client, over == dns::transport::udp ? "udp" : "tcp", made.code, made.size);
  }

  // ---- UDP ----

  void answer(const v1::datagram& came) noexcept {
    const dns::query asked(came.payload.view());
    if (asked.kind() == dns::query_kind::drop) return counters_.count({}, dns::transport::udp);
    if constexpr (has_peers)
      if (Peers::takes(asked)) return answer_peer(asked, came);
    if (limiter_.is_on()) return answer_within_limits(asked, came);
    auto fill = [&](bytes room) noexcept {
      const auto made =
          responder_.answer(asked, room, dns::transport::udp, came.source.address, seconds_of(asked));
      note(asked, came.source.address, dns::transport::udp, made);
      return made.size;
    };
    const v1::datagram_route to{.destination = came.source,
                                .source = came.destination,
                                .interface = came.interface,
                                .unordered = true};
    if (!stack_.udp().write(to, dns::greatest_answer(asked, options_.answers), fill)) ++counters_.not_sent;
  }

  void answer_within_limits(const dns::query& asked, const v1::datagram& came) noexcept {
    const bytes room(scratch_.get(), scratch_size);
    const ip_address& client = came.source.address;
    const auto seconds = static_cast<std::uint32_t>(dns::wall_seconds());
    auto made = responder_.answer(asked, room, dns::transport::udp, client, seconds);
    note(asked, client, dns::transport::udp, made);
    using verdict = dns::rate_limiter::verdict;
    const auto judged = made.client_is_known
                            ? verdict::send
                            : limiter_.judge(asked, cbytes(room).first(made.size), client, seconds);
    if (judged == verdict::leave_out) {
      ++counters_.left_out;
      return;
    }
    if (judged == verdict::cut) {
      ++counters_.cut;
      made.size = dns::cut_to_question(room, asked);
    }
    auto fill = [&](bytes out) noexcept {
      std::ranges::copy(cbytes(room).first(made.size), out.begin());
      return made.size;
    };
    const v1::datagram_route to{
        .destination = came.source, .source = came.destination, .interface = came.interface};
    if (!stack_.udp().write(to, made.size, fill)) ++counters_.not_sent;
  }

  void answer_peer(const dns::query& asked, const v1::datagram& came) noexcept {
    auto fill = [&](bytes room) noexcept {
      const auto made =
          peers_.answer(asked, room, dns::transport::udp, came.source.address, dns::wall_seconds()).made;
      note(asked, came.source.address, dns::transport::udp, made);
      return made.size;
    };
    const v1::datagram_route to{
        .destination = came.source, .source = came.destination, .interface = came.interface};
    if (!stack_.udp().write(to, dns::greatest_answer(asked, options_.answers), fill)) ++counters_.not_sent;
  }

  // ---- TCP ----

  task<> accept(listener& from, scope& connections) {
    while (true) {
      auto accepted = co_await from.accept();
      if (!accepted && accepted.error() == v1::listen_error::closed) co_return;
      if (!accepted) {
        co_await sleep_for(options_.idle_when_busy);
        continue;
      }
      ++counters_.connections;
      // This task is one of the scope, too.
      const bool full = connections.size() > options_.connections;
      if (full || !connections.spawn("dns connection", converse(*std::move(accepted))))
        ++counters_.connections_refused;
    }
  }

  [[nodiscard]] duration patience() const noexcept {
    return open_ * 2 > options_.connections ? options_.idle_when_busy : options_.idle;
  }

  /// Answers what comes, in its order; all that came together in one go (RFC 7766 §6.2.1.1).
  task<> converse(flow with) {
    const count_of_open counted(open_);
    dns::framed_input input;
    const ip_address client = with.peer().address;
    instant deadline = later(os::now(), patience());
    while (true) {
      auto part = co_await with_timeout(deadline - os::now(), with.read());
      if (!part) ++counters_.connections_timed_out;
      if (!part || !*part || (*part)->empty() || !input.add(**std::move(part))) break;
      bool answered = false;
      while (auto message = input.next()) {
        std::unique_ptr<transfer> zone;
        buffer reply = answer_over_tcp(*message, client, zone);
        if constexpr (has_peers) {
          if (zone) {
            answered = true;
            const bool taken = co_await send_zone(with, *zone);
            if (!taken) co_return;
            continue;
          }
        }
        if (!reply) continue;
        answered = true;
        auto written = co_await with_timeout(patience(), with.write(std::move(reply)));
        if (!written || !*written) co_return;  // destroyed, the flow is aborted
      }
      // Who sends a query octet by octet has no more time for it than others.
      if (answered || !input.waiting()) deadline = later(os::now(), patience());
    }
    co_await with.close();
  }

  /// Each message is made when the one before it was taken. False when the client is too slow, or gone.
  task<bool> send_zone(flow& with, transfer& zone) {
    const instant deadline = later(os::now(), options_.transfer);
    ++counters_.transfers;
    while (!zone.at_end()) {
      const bytes room(scratch_.get(), scratch_size);
      buffer message = framed(room, zone.next(room.subspan(2), dns::wall_seconds()));
      if (!message) co_return false;
      const duration limit = std::min(options_.idle, deadline - os::now());
      auto written = co_await with_timeout(limit, with.write(std::move(message)));
      if (!written || !*written) {
        ++counters_.transfers_broken;
        co_return false;
      }
    }
    co_return true;
  }

  /// With its length in front; nothing when there is nothing to be said, or a transfer is the answer.
  buffer answer_over_tcp(cbytes message, const ip_address& client, std::unique_ptr<transfer>& zone) {
    const dns::query asked(message);
    if (asked.kind() == dns::query_kind::drop) {
      counters_.count({}, dns::transport::tcp);
      return {};
    }
    const bytes room(scratch_.get(), scratch_size);
    if constexpr (has_peers) {
      if (Peers::takes(asked)) {
        auto answer = peers_.answer(asked, room.subspan(2), dns::transport::tcp, client, dns::wall_seconds());
        note(asked, client, dns::transport::tcp, answer.made);
        zone = std::move(answer.transfer);
        return zone ? buffer() : framed(room, answer.made.size);
      }
    }
    const auto made =
        responder_.answer(asked, room.subspan(2), dns::transport::tcp, client, seconds_of(asked));
    note(asked, client, dns::transport::tcp, made);
    return framed(room, made.size);
  }
  /// A message that lies two octets behind the front of `room`.
  static buffer framed(bytes room, std::size_t size) noexcept {
    if (size == 0) return {};
    store_be16(room.data(), static_cast<std::uint16_t>(size));
    return buffer::copy_of(room.first(2 + size));
  }

  struct count_of_open {
    explicit count_of_open(std::size_t& of) noexcept : open(of) { ++open; }
    count_of_open(const count_of_open&) = delete;
    count_of_open& operator=(const count_of_open&) = delete;
    ~count_of_open() { --open; }
    std::size_t& open;
  };

  static constexpr std::size_t scratch_size = 2 + 65535;

  std::string_view name_;
  Stack& stack_;
  dns_server_options options_;
  dns::responder responder_;
  Peers peers_;
  dns::rate_limiter limiter_;
  dns::server_counters counters_;
  std::unique_ptr<std::byte[]> scratch_ = std::make_unique_for_overwrite<std::byte[]>(scratch_size);
  std::size_t open_ = 0;
  event stopped_;
};

}  // namespace mirage
