// SPDX-License-Identifier: ISC
// The least implementation of each module type: exactly what the concept asks for and nothing more, so that a
// generic which compiles with these compiles with every implementation. None of them can run.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "mirage/v1.hpp"

namespace mirage::archetypes {

/// The least that can be awaited for an `R`: no task, no copy, no move.
template <class R>
struct awaiting {
  awaiting(awaiting&&) = delete;
  [[nodiscard]] bool await_ready() noexcept { __builtin_trap(); }
  void await_suspend(std::coroutine_handle<>) noexcept { __builtin_trap(); }
  R await_resume() { __builtin_trap(); }
};

struct device {
  device(device&&) = delete;
  [[nodiscard]] std::string_view name() const noexcept { __builtin_trap(); }
};

// ---- Byte streams --------------------------------------------------------------------------------------

struct flow {
  flow(flow&&) noexcept { __builtin_trap(); }
  flow& operator=(flow&&) noexcept { __builtin_trap(); }
  awaiting<result<buffer, v1::flow_error>> read() { __builtin_trap(); }
  awaiting<result<void, v1::flow_error>> write(buffer) { __builtin_trap(); }
  awaiting<result<void, v1::flow_error>> write(buffer_list) { __builtin_trap(); }
  awaiting<void> shutdown() { __builtin_trap(); }
  awaiting<void> close() { __builtin_trap(); }
};

struct listener {
  using flow = archetypes::flow;
  listener(listener&&) noexcept { __builtin_trap(); }
  listener& operator=(listener&&) noexcept { __builtin_trap(); }
  awaiting<result<flow, v1::listen_error>> accept() { __builtin_trap(); }
  [[nodiscard]] endpoint local() const noexcept { __builtin_trap(); }
};

struct channel {
  channel(channel&&) = delete;
  awaiting<result<buffer, v1::channel_error>> read_line() { __builtin_trap(); }
  awaiting<result<buffer, v1::channel_error>> read_exactly(std::size_t) { __builtin_trap(); }
  awaiting<result<buffer, v1::channel_error>> read_some() { __builtin_trap(); }
  awaiting<result<void, v1::channel_error>> write(cbytes) { __builtin_trap(); }
  awaiting<result<void, v1::channel_error>> write_line(std::string_view) { __builtin_trap(); }
  awaiting<result<void, v1::channel_error>> flush() { __builtin_trap(); }
};

struct console : device {
  awaiting<result<buffer, v1::flow_error>> read() { __builtin_trap(); }
  awaiting<result<void, v1::flow_error>> write(buffer) { __builtin_trap(); }
  awaiting<result<void, v1::flow_error>> write(buffer_list) { __builtin_trap(); }
};

// ---- Clocks and randomness -----------------------------------------------------------------------------

struct wall_clock : device {
  wall_time now() noexcept { __builtin_trap(); }
  std::optional<duration> resolution() noexcept { __builtin_trap(); }
};

struct monotonic_clock : device {
  instant now() noexcept { __builtin_trap(); }
  std::optional<duration> resolution() noexcept { __builtin_trap(); }
};

struct random : device {
  void fill(bytes) noexcept { __builtin_trap(); }
};

// ---- Packets -------------------------------------------------------------------------------------------

struct network : device {
  [[nodiscard]] mac_address mac() const noexcept { __builtin_trap(); }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { __builtin_trap(); }
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::transmit&, F, buffer_list) {
    __builtin_trap();
  }
  template <v1::network_sink S>
  subscription listen(S&) {
    __builtin_trap();
  }
};

struct ethernet : device {
  [[nodiscard]] mac_address mac() const noexcept { __builtin_trap(); }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { __builtin_trap(); }
  template <v1::fill F>
  result<void, v1::net_error> write(mac_address, std::uint16_t, const v1::transmit&, F, buffer_list) {
    __builtin_trap();
  }
  template <class Up>
  void input(buffer&&, const v1::received&, Up&) {
    __builtin_trap();
  }
};

struct arp : device {
  template <v1::fill F>
  result<void, v1::net_error> write(ipv4_address, const v1::transmit&, F, buffer_list) {
    __builtin_trap();
  }
  awaiting<result<mac_address, v1::arp_error>> query(ipv4_address) { __builtin_trap(); }
  void input(buffer&&) { __builtin_trap(); }
  bool add(ipv4_address) { __builtin_trap(); }
  void remove(ipv4_address) { __builtin_trap(); }
};

template <class Address>
struct ip : device {
  using address = Address;
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::ip_header<Address>&, const v1::transmit&, F, buffer_list) {
    __builtin_trap();
  }
  result<v1::ip_route<Address>, v1::net_error> route(const Address&) { __builtin_trap(); }
  template <class Up>
  void input(buffer&&, const v1::received&, Up&) {
    __builtin_trap();
  }
  [[nodiscard]] std::span<const Address> addresses() const noexcept { __builtin_trap(); }
};

template <class Address>
struct icmp : device {
  using address = Address;
  awaiting<result<duration, v1::net_error>> ping(const Address&, std::size_t, duration) { __builtin_trap(); }
  template <class Up>
  void input(const v1::ip_header<Address>&, buffer&&, Up&) {
    __builtin_trap();
  }
};

struct udp : device {
  template <class Handler>
  result<subscription, v1::listen_error> listen(const endpoint&, Handler) {
    __builtin_trap();
  }
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::datagram_route&, std::size_t, F) {
    __builtin_trap();
  }
  result<void, v1::net_error> join(const ip_address&, std::uint32_t) { __builtin_trap(); }
  void leave(const ip_address&, std::uint32_t) { __builtin_trap(); }
};

struct tcp_flow : archetypes::flow {
  [[nodiscard]] endpoint peer() const noexcept { __builtin_trap(); }
  [[nodiscard]] endpoint local() const noexcept { __builtin_trap(); }
  void no_delay(bool) noexcept { __builtin_trap(); }
  void keep_alive(duration) noexcept { __builtin_trap(); }
};

struct tcp_listener {
  using flow = tcp_flow;
  tcp_listener(tcp_listener&&) noexcept { __builtin_trap(); }
  tcp_listener& operator=(tcp_listener&&) noexcept { __builtin_trap(); }
  awaiting<result<flow, v1::listen_error>> accept() { __builtin_trap(); }
  [[nodiscard]] endpoint local() const noexcept { __builtin_trap(); }
};

struct tcp : device {
  using flow = tcp_flow;
  using listener = tcp_listener;
  awaiting<result<flow, v1::flow_error>> connect(const endpoint&) { __builtin_trap(); }
  result<listener, v1::listen_error> listen(const endpoint&) { __builtin_trap(); }
};

struct stack : device {
  using flow = tcp_flow;
  using listener = tcp_listener;
  archetypes::tcp& tcp() { __builtin_trap(); }
  archetypes::udp& udp() { __builtin_trap(); }
  [[nodiscard]] std::vector<ip_address> addresses() const { __builtin_trap(); }
};

struct resolver : device {
  awaiting<result<v1::address_list, v1::resolve_error>> resolve(std::string_view) { __builtin_trap(); }
};

// ---- Storage -------------------------------------------------------------------------------------------

struct block : device {
  [[nodiscard]] v1::block_info info() const noexcept { __builtin_trap(); }
  awaiting<result<buffer, v1::block_error>> read(std::uint64_t, std::uint32_t) { __builtin_trap(); }
  awaiting<result<void, v1::block_error>> write(std::uint64_t, buffer) { __builtin_trap(); }
  awaiting<result<void, v1::block_error>> write(std::uint64_t, buffer_list) { __builtin_trap(); }
  awaiting<result<void, v1::block_error>> flush() { __builtin_trap(); }
  awaiting<result<void, v1::block_error>> discard(std::uint64_t, std::uint64_t) { __builtin_trap(); }
};

struct kv_ro : device {
  template <class T>
  using answer = awaiting<result<T, v1::kv_error>>;
  answer<buffer> get(std::string_view) { __builtin_trap(); }
  answer<buffer> get(std::string_view, std::uint64_t, std::size_t) { __builtin_trap(); }
  answer<std::uint64_t> size(std::string_view) { __builtin_trap(); }
  answer<std::vector<v1::kv_item>> list(std::string_view) { __builtin_trap(); }
  answer<wall_time> last_modified(std::string_view) { __builtin_trap(); }
  answer<v1::kv_digest> digest(std::string_view) { __builtin_trap(); }
};

struct kv_assets : kv_ro {
  [[nodiscard]] const v1::asset* find(std::string_view) const noexcept { __builtin_trap(); }
};

struct kv_rw : kv_ro {
  answer<void> set(std::string_view, buffer) { __builtin_trap(); }
  answer<void> set_partial(std::string_view, std::uint64_t, buffer) { __builtin_trap(); }
  answer<void> remove(std::string_view) { __builtin_trap(); }
  answer<void> rename(std::string_view, std::string_view) { __builtin_trap(); }
  answer<void> sync() { __builtin_trap(); }
};

struct fs : device {
  template <class T>
  using answer = awaiting<result<T, v1::fs_error>>;
  answer<buffer> read(std::string_view, std::uint64_t, std::size_t) { __builtin_trap(); }
  answer<v1::fs_stat> stat(std::string_view) { __builtin_trap(); }
  answer<std::vector<v1::kv_item>> list(std::string_view) { __builtin_trap(); }
  answer<void> create(std::string_view) { __builtin_trap(); }
  answer<void> make_directory(std::string_view) { __builtin_trap(); }
  answer<void> write(std::string_view, std::uint64_t, buffer) { __builtin_trap(); }
  answer<void> truncate(std::string_view, std::uint64_t) { __builtin_trap(); }
  answer<void> rename(std::string_view, std::string_view) { __builtin_trap(); }
  answer<void> remove(std::string_view) { __builtin_trap(); }
  answer<void> sync() { __builtin_trap(); }
};

// ---- HTTP ----------------------------------------------------------------------------------------------

struct http_request {
  http_request(http_request&&) = delete;
  [[nodiscard]] std::string_view method() const noexcept { __builtin_trap(); }
  [[nodiscard]] std::string_view target() const noexcept { __builtin_trap(); }
  [[nodiscard]] std::string_view path() const noexcept { __builtin_trap(); }
  [[nodiscard]] std::string_view query() const noexcept { __builtin_trap(); }
  [[nodiscard]] endpoint peer() const noexcept { __builtin_trap(); }
  [[nodiscard]] std::optional<std::string_view> header(std::string_view) const noexcept { __builtin_trap(); }
};

struct http_exchange {
  http_exchange(http_exchange&&) = delete;
  template <class T>
  using answer = awaiting<result<T, v1::http_error>>;
  [[nodiscard]] const http_request& request() const { __builtin_trap(); }
  answer<buffer> read_body() { __builtin_trap(); }
  answer<void> respond(v1::http_response&&) { __builtin_trap(); }
  answer<void> begin(v1::http_response&&) { __builtin_trap(); }
  answer<void> write(buffer) { __builtin_trap(); }
  answer<void> end() { __builtin_trap(); }
};

struct http_server : device {
  using exchange = http_exchange;
  template <class Handler>
  awaiting<result<void, v1::listen_error>> serve(const endpoint&, Handler) {
    __builtin_trap();
  }
};

struct http_response {
  http_response(http_response&&) noexcept { __builtin_trap(); }
  http_response& operator=(http_response&&) noexcept { __builtin_trap(); }
  [[nodiscard]] unsigned status() const noexcept { __builtin_trap(); }
  [[nodiscard]] std::span<const v1::http_header> headers() const noexcept { __builtin_trap(); }
  [[nodiscard]] std::optional<std::string_view> header(std::string_view) const noexcept { __builtin_trap(); }
  awaiting<result<buffer, v1::http_error>> read_body() { __builtin_trap(); }
};

struct http_client : device {
  using response = http_response;
  awaiting<result<response, v1::http_error>> request(v1::http_call&&) { __builtin_trap(); }
};

}  // namespace mirage::archetypes
