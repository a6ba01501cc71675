// SPDX-License-Identifier: ISC
// A caching recursive resolver over any stack: it looks names up from the root downwards for its clients,
// over UDP and TCP, validated with DNSSEC. RFC 1034 §5, RFC 2308, RFC 4035, RFC 5452, RFC 7766, RFC 8020, RFC
// 8767, RFC 8914, RFC 9156.
//
//   dns_resolver<stack_0> resolver{"resolver", stack, {.clients = clients}};
//   auto served = co_await resolver.serve(53);
//
// Not implemented: trust anchors that change by themselves (RFC 5011), answers made of cached proofs (RFC
// 8198), forwarding to other resolvers, cookies.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>

#include "mirage/core/endian.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/ip_prefix.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/dns/framed_input.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/query_log.hpp"
#include "mirage/dns_resolver/recursor.hpp"
#include "mirage/dns_resolver/reply.hpp"
#include "mirage/dns_resolver/upstream_question.hpp"
#include "mirage/random_port.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct dns_resolver_options {
  dns_recursor_options recursion{};
  /// Who is answered; others are refused. None: everybody, which makes it a weapon where the world reaches it
  /// (RFC 5358).
  inline_vector<ip_prefix, 16> clients{};
  std::size_t queries = 512;     ///< at once over UDP; more are dropped
  std::size_t connections = 64;  ///< at once; more are closed
  duration idle = 10s;           ///< for a connection's next query
};

/// Stack and name must outlive it.
template <v1::stack Stack>
class dns_resolver final : dns_upstream {
 public:
  dns_resolver(std::string_view name, Stack& stack, const dns_resolver_options& options)
      : name_(name), stack_(stack), options_(options), recursor_(name, *this, options.recursion) {}
  dns_resolver(const dns_resolver&) = delete;
  dns_resolver& operator=(const dns_resolver&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] dns_recursor& recursor() noexcept { return recursor_; }

  /// Serves the port over UDP and TCP until it is cancelled.
  task<result<void, v1::listen_error>> serve(std::uint16_t port) {
    auto listener = stack_.tcp().listen({ip_address(), port});
    if (!listener) co_return fail(listener.error());
    scope queries;
    auto handler = [this, &queries](v1::datagram&& came) noexcept { take(std::move(came), queries); };
    auto datagrams = stack_.udp().listen({ip_address(), port}, handler);
    if (!datagrams) co_return fail(datagrams.error());
    co_await accept(*listener);
    co_return fail(v1::listen_error::closed);
  }

 private:
  using flow = typename Stack::flow;
  using listener = typename Stack::listener;

  // ---- Clients ----

  [[nodiscard]] bool is_client(const ip_address& who) const noexcept {
    return options_.clients.empty() ||
           std::ranges::any_of(options_.clients, [&](const ip_prefix& each) { return each.contains(who); });
  }

  void take(v1::datagram&& came, scope& queries) noexcept {
    if (queries.size() >= options_.queries ||
        !queries.spawn("dns query", &dns_resolver::answer_datagram, this, std::move(came)))
      ++dropped_;
  }
  task<> answer_datagram(v1::datagram& came) {
    const dns::query asked(came.payload.view());
    const buffer reply = co_await answer(asked, came.source.address, "udp", longest_reply(asked));
    if (!reply) co_return;
    auto fill = [&](bytes room) noexcept {
      std::ranges::copy(reply.view(), room.begin());
      return reply.size();
    };
    const v1::datagram_route to{
        .destination = came.source, .source = came.destination, .interface = came.interface};
    if (!stack_.udp().write(to, reply.size(), fill)) ++dropped_;
  }

  task<> accept(listener& from) {
    scope connections;
    while (true) {
      auto accepted = co_await from.accept();
      if (!accepted && accepted.error() == v1::listen_error::closed) co_return;
      if (!accepted) {
        co_await sleep_for(1s);
        continue;
      }
      const bool full = connections.size() >= options_.connections;
      if (full || !connections.spawn("dns connection", &dns_resolver::converse, this, *std::move(accepted)))
        ++dropped_;
    }
  }
  task<> converse(flow& with) {
    dns::framed_input input;
    while (true) {
      auto part = co_await with_timeout(options_.idle, with.read());
      if (!part || !*part || (*part)->empty() || !input.add(**std::move(part))) break;
      while (const auto message = input.next()) {
        const dns::query asked(*message);
        buffer reply = co_await answer(asked, with.peer().address, "tcp", 65535);
        if (!reply) continue;
        buffer length = buffer::allocate(2);
        if (!length) co_return;
        store_be16(length.writable().data(), static_cast<std::uint16_t>(reply.size()));
        buffer_list both;
        both.push_back(std::move(length));
        both.push_back(std::move(reply));
        auto written = co_await with_timeout(options_.idle, with.write(std::move(both)));
        if (!written || !*written) co_return;
      }
    }
    co_await with.close();
  }

  /// Nothing when there is nothing to be said.
  task<buffer> answer(const dns::query& asked, ip_address client, std::string_view transport,
                      std::size_t longest) {
    ++queries_;
    if (asked.kind() == dns::query_kind::drop) co_return buffer();
    const dns::rcode refusal = refusal_of(asked, client);
    dns_resolution found{.code = refusal};
    if (refusal == dns::rcode::no_error)
      found = co_await recursor_.resolve(dns::name(asked.question_name()), asked.type(),
                                         asked.head().checking_disabled);
    buffer reply = buffer::allocate(longest);
    if (!reply) co_return buffer();
    reply.truncate(write_reply(asked, found, reply.writable()));
    dns::log_query(asked, client, transport, found.code, reply.size());
    co_return reply;
  }
  [[nodiscard]] dns::rcode refusal_of(const dns::query& asked, const ip_address& client) noexcept {
    if (!is_client(client)) {
      ++refused_;
      return dns::rcode::refused;
    }
    if (asked.head().operation != dns::opcode::query) return dns::rcode::not_implemented;
    if (asked.kind() == dns::query_kind::format_error || !asked.has_question())
      return dns::rcode::format_error;
    if (asked.options() && asked.options()->version != 0) return dns::rcode::not_implemented;
    if (is_meta(asked.type())) return dns::rcode::not_implemented;
    return asked.in_class() == dns::record_class::in ? dns::rcode::no_error : dns::rcode::refused;
  }

  // ---- Servers ----

  /// What a question over UDP waits for.
  struct exchange {
    dns_upstream_question question;
    endpoint server;
    buffer answer{};
    dns_upstream_question::verdict verdict = dns_upstream_question::verdict::unexpected;
    event came{};

    void receive(v1::datagram& datagram) noexcept {
      if (datagram.source != server || answer) return;
      verdict = question.check(datagram.payload.view());
      if (verdict == dns_upstream_question::verdict::unexpected) return;
      answer = std::move(datagram.payload);
      came.set();
    }
  };

  task<buffer> ask(ip_address server, dns::name name, dns::record_type type, duration patience) override {
    constexpr std::uint16_t dns_port = 53;
    exchange with{.question = dns_upstream_question(name, type, os::random64()),
                  .server = endpoint{server, dns_port}};
    auto handler = [&with](v1::datagram&& came) noexcept { with.receive(came); };
    constexpr std::uint16_t first_port = 1024;
    endpoint local;
    auto listening = listen_at_random_port(first_port, [&](std::uint16_t port) {
      local.port = port;
      return stack_.udp().listen(local, handler);
    });
    if (!listening) co_return buffer();
    auto fill = [&](bytes room) noexcept { return with.question.emit(room); };
    const v1::datagram_route to{.destination = with.server, .source = local};
    if (!stack_.udp().write(to, dns_upstream_question::longest, fill)) co_return buffer();
    (void)co_await with_timeout(patience, wait_for(with.came));
    if (with.verdict == dns_upstream_question::verdict::over_tcp) {
      auto fetched = co_await with_timeout(4 * patience, fetch(with.question, with.server));
      co_return fetched ? *std::move(fetched) : buffer();
    }
    co_return std::move(with.answer);
  }
  static task<> wait_for(event& what) { co_await what; }

  task<buffer> fetch(dns_upstream_question question, endpoint server) {
    auto connected = co_await stack_.tcp().connect(server);
    if (!connected) co_return buffer();
    flow kept = *std::move(connected);
    buffer message = buffer::allocate(2 + dns_upstream_question::longest);
    if (!message) co_return buffer();
    const std::size_t size = question.emit(message.writable().subspan(2));
    store_be16(message.writable().data(), static_cast<std::uint16_t>(size));
    message.truncate(2 + size);
    auto written = co_await kept.write(std::move(message));
    if (!written) co_return buffer();
    dns::framed_input input;
    while (true) {
      auto part = co_await kept.read();
      if (!part || part->empty() || !input.add(*std::move(part))) co_return buffer();
      const auto answer = input.next();
      if (!answer) continue;
      buffer copy = question.is_answered_by_stream(*answer) ? buffer::copy_of(*answer) : buffer();
      co_await kept.close();
      co_return copy;
    }
  }

  std::string_view name_;
  Stack& stack_;
  dns_resolver_options options_;
  dns_recursor recursor_;
  metric_label label_{"device", name_};
  counter queries_{label_, "dns_resolver_queries_total", "Queries of clients"};
  counter refused_{label_, "dns_resolver_refused_total", "Queries of others than its clients"};
  counter dropped_{label_, "dns_resolver_dropped_total", "Queries, connections and replies beyond the caps"};
};

}  // namespace mirage
