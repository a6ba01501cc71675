// SPDX-License-Identifier: ISC
// Connecting by name: the addresses of both versions of IP are tried in turn, a little apart, and the first
// connection that stands is the answer; the other attempts are cancelled. RFC 8305.
//
//   auto flow = co_await connect_by_name(stack, resolver, "example.org", 80);
//
// Not implemented: remembering which version worked (§5), NAT64 (§7), SVCB records.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/core/when.hpp"
#include "mirage/happy_eyeballs/core.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Of a resolver that can be asked for each version by itself, so that IPv6 need not wait for IPv4, nor IPv4
/// for long.
template <class R>
concept resolves_versions = v1::resolver<R> && requires(R& resolver, std::string_view name) {
  { resolver.resolve_v6(name) } -> awaits<result<v1::address_list, v1::resolve_error>>;
  { resolver.resolve_v4(name) } -> awaits<result<v1::address_list, v1::resolve_error>>;
};

/// `not_found`, `not_resolved`, `bad_name`: what the resolver said. The others: how the last of the attempts
/// failed.
enum class connect_error : std::uint8_t {
  not_found,
  not_resolved,
  bad_name,
  refused,
  timed_out,
  unreachable,
  no_memory
};
[[nodiscard]] constexpr std::string_view describe(connect_error error) noexcept {
  constexpr std::array<std::string_view, 7> words{
      "the name has no address",     "the name could not be resolved",  "this is not a host name",
      "the connection was refused",  "the host did not answer in time", "the host cannot be reached",
      "no memory for the connection"};
  return words[static_cast<std::size_t>(error)];
}

namespace detail {

[[nodiscard]] constexpr connect_error to_connect_error(v1::resolve_error error) noexcept {
  switch (error) {
    case v1::resolve_error::not_found: return connect_error::not_found;
    case v1::resolve_error::bad_name: return connect_error::bad_name;
    case v1::resolve_error::failed: break;
  }
  return connect_error::not_resolved;
}
[[nodiscard]] constexpr connect_error to_connect_error(v1::flow_error error) noexcept {
  switch (error) {
    case v1::flow_error::refused: return connect_error::refused;
    case v1::flow_error::timed_out: return connect_error::timed_out;
    case v1::flow_error::no_memory: return connect_error::no_memory;
    default: return connect_error::unreachable;
  }
}

/// The attempts to one name.
template <v1::stack Stack, v1::resolver Resolver>
class connection_race {
 public:
  using flow = typename Stack::flow;

  connection_race(Stack& stack, Resolver& resolver, std::string_view host, std::uint16_t port,
                  const happy_eyeballs_options& options)
      : stack_(stack), resolver_(resolver), host_(host), port_(port), options_(options), core_(options) {}

  task<result<flow, connect_error>> run() {
    start_to_resolve();
    while (true) {
      const instant now = os::now();
      for (auto next = core_.poll(now); next; next = core_.poll(now)) start_attempt(*next);
      if (winner_ || core_.exhausted()) break;
      timer_.set(core_.next_timeout());
      co_await happened_;
    }
    attempts_.cancel();
    if (!winner_) co_return fail(failure_);
    co_return *std::move(winner_);
  }

 private:
  void start_to_resolve() noexcept {
    bool started = true;
    if constexpr (resolves_versions<Resolver>) {
      started = attempts_.spawn("resolve IPv6", &connection_race::resolve_v6, this).has_value() &&
                attempts_.spawn("resolve IPv4", &connection_race::resolve_v4, this).has_value();
    } else {
      started = attempts_.spawn("resolve", &connection_race::resolve, this).has_value();
    }
    if (!started) give_up();
  }
  void give_up() noexcept {
    attempts_.cancel();
    failure_ = connect_error::no_memory;
    core_.resolved({});
  }

  task<> resolve() {
    auto found = co_await resolver_.resolve(host_);
    core_.resolved(taken(found));
    happened_.notify();
  }
  task<> resolve_v6() {
    auto found = co_await resolver_.resolve_v6(host_);
    core_.resolved_v6(taken(found));
    happened_.notify();
  }
  task<> resolve_v4() {
    auto found = co_await resolver_.resolve_v4(host_);
    core_.resolved_v4(taken(found), os::now());
    happened_.notify();
  }
  /// A name that has no address of one version may have one of the other, and what is worse than that counts.
  [[nodiscard]] v1::address_list taken(const result<v1::address_list, v1::resolve_error>& found) noexcept {
    if (found) return *found;
    if (failure_ == connect_error::not_found) failure_ = to_connect_error(found.error());
    return {};
  }

  void start_attempt(const ip_address& to) noexcept {
    if (!attempts_.spawn("connection attempt", &connection_race::attempt, this, to))
      fail_attempt(connect_error::no_memory);
  }
  task<> attempt(ip_address to) {
    auto made = co_await with_timeout(options_.attempt_time, connect(endpoint{to, port_}));
    if (made && *made) {
      if (!winner_) winner_.emplace(*std::move(*made));
      happened_.notify();
    } else {
      fail_attempt(made ? to_connect_error(made->error()) : connect_error::timed_out);
    }
  }
  task<result<flow, v1::flow_error>> connect(endpoint to) {
    auto made = co_await stack_.tcp().connect(to);
    co_return std::move(made);
  }
  void fail_attempt(connect_error why) noexcept {
    failure_ = why;
    core_.failed();
    happened_.notify();
  }

  Stack& stack_;
  Resolver& resolver_;
  std::string_view host_;
  std::uint16_t port_;
  happy_eyeballs_options options_;
  happy_eyeballs_core core_;
  std::optional<flow> winner_;
  connect_error failure_ = connect_error::not_found;
  event happened_;
  alarm timer_{[](void* self) noexcept { static_cast<connection_race*>(self)->happened_.notify(); }, this};
  scope attempts_;  // after what its tasks use
};

}  // namespace detail

/// Waits for a connection to a host by its name, or by a literal address. `host` must live until it is done,
/// and the stack and the resolver must. Cancelled, it leaves no connection.
template <v1::stack Stack, v1::resolver Resolver>
task<result<typename Stack::flow, connect_error>> connect_by_name(Stack& stack, Resolver& resolver,
                                                                  std::string_view host, std::uint16_t port,
                                                                  happy_eyeballs_options options = {}) {
  detail::connection_race<Stack, Resolver> race(stack, resolver, host, port, options);
  co_return co_await race.run();
}

}  // namespace mirage
