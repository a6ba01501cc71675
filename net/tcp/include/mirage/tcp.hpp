// SPDX-License-Identifier: ISC
// TCP (RFC 9293) over one or two `v1::ip`s: the shell that a stack wires. It knows only what is below it.
//
//   tcp<ipv4_0, ipv6_0> tcp{ipv4, ipv6};
//   void tcp(const v1::ip_header<A>& header, buffer&& segment, const v1::received& how) {   // the stack's
//   sink of IP
//     tcp_.input(header, std::move(segment), how);
//   }
//   ... tcp_.batch_end(); tcp_.writable(); tcp_.reported(report);
//
// Everything but the calls of IP is `tcp_protocol::engine`, which is compiled once.
#pragma once

#include <coroutine>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/core/task.hpp"
#include "mirage/tcp/engine.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::tcp`. The IPs must outlive it.
template <v1::ip... Ip>
class tcp : private tcp_protocol::below {
  static_assert(sizeof...(Ip) >= 1);

 public:
  using flow = tcp_flow;
  using listener = tcp_listener;

  /// `name` must outlive it.
  explicit tcp(Ip&... ip, std::string_view name = "tcp", const tcp_options& options = {}) noexcept
      : ip_(ip...), name_(name), engine_(*this, name, options) {}
  tcp(const tcp&) = delete;
  tcp& operator=(const tcp&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  // ---- For the stack ----

  /// A segment with what IP says of it; the buffer is the segment, from TCP's header on.
  template <class Address>
  void input(const v1::ip_header<Address>& header, buffer&& segment, const v1::received& how) noexcept {
    if (how.group) return engine_.refuse_group();
    engine_.input({header.source, header.destination, header.traffic_class, header.interface},
                  std::move(segment), how);
  }
  /// After the packets of one poll: what there is to say leaves at the end of this round.
  void batch_end() noexcept { engine_.batch_end(); }
  /// There is room below again, after a `full` or `down`.
  void writable() noexcept { engine_.writable(); }
  /// What ICMP says of one of our segments.
  template <class Address>
  void reported(const v1::icmp_report<Address>& report) noexcept {
    engine_.reported(static_cast<v1::icmp_report<ipv4_address>::kind>(report.what), report.about.source,
                     report.about.destination, report.quoted, report.mtu);
  }

  // ---- For applications ----

  class [[nodiscard]] connect_awaiter : connection_waiter<tcp_protocol::live_connection> {
   public:
    connect_awaiter(tcp_protocol::engine& engine, const endpoint& peer) noexcept
        : connection_waiter(nullptr), engine_(engine), peer_(peer) {}
    connect_awaiter(connect_awaiter&&) noexcept = default;
    ~connect_awaiter() {
      if (connection == nullptr) return;
      connection->connector = nullptr;
      connection->abandon();
    }
    [[nodiscard]] bool await_ready() noexcept {
      connection = engine_.connect(peer_, why_);
      return connection == nullptr;
    }
    template <task_promise Promise>
    void await_suspend(std::coroutine_handle<Promise> who) noexcept {
      connection->connector = this;
      suspend(who.promise(), "TCP connect");
    }
    [[nodiscard]] result<tcp_flow, v1::flow_error> await_resume() noexcept {
      if (connection == nullptr) return fail(why_);
      connection->connector = nullptr;
      if (const auto failed = connection->core.failure()) {
        std::exchange(connection, nullptr)->abandon();
        return fail(*failed);
      }
      return tcp_flow(*std::exchange(connection, nullptr));
    }

   private:
    tcp_protocol::engine& engine_;
    endpoint peer_;
    v1::flow_error why_ = v1::flow_error::closed;
  };
  connect_awaiter connect(const endpoint& peer) noexcept { return {engine_, peer}; }

  result<listener, v1::listen_error> listen(const endpoint& local) noexcept {
    MIRAGE_TRY(auto port, engine_.listen(local));
    return listener(std::move(port));
  }

  task<> stop() { return engine_.stop(); }

  [[nodiscard]] const tcp_protocol::engine& engine() const noexcept { return engine_; }

 private:
  /// Calls `call(ip)` for the IP of that version; `otherwise` where there is none.
  template <class Result, class Call>
  Result with(const ip_address& address, Result otherwise, Call call) noexcept {
    Result given = std::move(otherwise);
    const auto one = [&](auto& ip) {
      constexpr bool is_v4 =
          std::is_same_v<typename std::remove_reference_t<decltype(ip)>::address, ipv4_address>;
      if (is_v4 == address.is_v4()) given = call(ip);
    };
    std::apply([&](auto&... ip) { (one(ip), ...); }, ip_);
    return given;
  }
  template <class Address>
  static Address as(const ip_address& address) noexcept {
    if constexpr (std::is_same_v<Address, ipv4_address>)
      return address.v4();
    else
      return address.v6();
  }

  template <class Ip_, class Address>
  static auto route_from(Ip_& ip, const Address& to, const ip_address& from) noexcept {
    if constexpr (v1::ip_route_from<Ip_>)
      return ip.route(to, from.is_unspecified() ? Address{} : as<Address>(from), 0);
    else
      return ip.route(to);
  }
  result<tcp_protocol::way, v1::net_error> route(const ip_address& to,
                                                 const ip_address& from) noexcept override {
    using answer = result<tcp_protocol::way, v1::net_error>;
    return with(to, answer(fail(v1::net_error::no_route)), [&](auto& ip) -> answer {
      using address = typename std::remove_reference_t<decltype(ip)>::address;
      MIRAGE_TRY(const auto found, route_from(ip, as<address>(to), from));
      return tcp_protocol::way{found.source, found.mtu, found.device};
    });
  }

  result<void, v1::net_error> write(const tcp_protocol::outgoing& what,
                                    buffer_list slices) noexcept override {
    using answer = result<void, v1::net_error>;
    return with(what.destination, answer(fail(v1::net_error::no_route)), [&](auto& ip) -> answer {
      using address = typename std::remove_reference_t<decltype(ip)>::address;
      v1::ip_header<address> header;
      header.source = as<address>(what.source);
      header.destination = as<address>(what.destination);
      header.protocol = v1::ip_protocol::tcp;
      header.traffic_class = what.traffic_class;
      header.dont_fragment = what.dont_fragment;
      header.interface = what.interface;
      return ip.write(header, what.how, any_fill(what.context, what.write), std::move(slices));
    });
  }

  bool is_ours(const ip_address& address) const noexcept override {
    bool found = false;
    const auto one = [&](const auto& ip) {
      for (const auto& each : ip.addresses()) found = found || ip_address(each) == address;
    };
    std::apply([&](const auto&... ip) { (one(ip), ...); }, ip_);
    return found;
  }

  std::tuple<Ip&...> ip_;
  std::string_view name_;
  tcp_protocol::engine engine_;
};

}  // namespace mirage
