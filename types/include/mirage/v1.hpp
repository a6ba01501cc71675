// SPDX-License-Identifier: ISC
// The module types of the system, version 1: what a unikernel may ask for and what a device, a protocol or a
// store offers. One file on purpose: whoever has read it knows every interface there is.
//
// How to read it. A module type is a concept, cut into one named sub-concept an operation, so that a refusal
// names what is missing: "`tap` does not satisfy `network_write`". Write them as `v1::network`, always; there
// is no `using namespace mirage::v1`. After an implementation stands `static_assert(v1::network<tap>)`.
//
// Rules that hold for all of them:
//  - An operation that may wait is awaited: it gives a `task<R>`, or any other awaiter of an `R` (`awaits`).
//    Cancelling is destroying the task that waits; what was asked of a device goes on to its end and is
//    dropped. An operation that gives an `R` itself never waits.
//  - Errors are values. After an error the object can still be asked, unless the operation says otherwise.
//  - `buffer` is a reference-counted slice. Passing one by value hands it over; a `buffer&&` that is lent may
//    be moved from by whoever wants to keep it. Nothing that waits takes a span: spans and string views are
//    read before the operation waits for the first time, unless it says otherwise.
//  - Operations are called from the loop of their node, never from an interrupt or another thread.
//  - Upcalls (sinks, handlers) neither wait nor throw. They may call operations that do not wait, of the
//  device
//    that calls them too, and may end their own subscription.
//  - What is full, dropped or refused is counted, by a counter with the device's name.
//  - Sizes are in bytes, ports and lengths in host order.
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/address.hpp"
#include "mirage/core/buffer.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/subscription.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/time.hpp"

namespace mirage::v1 {

// ======================================================================================================
// Devices
// ======================================================================================================

/// A device stays where it was constructed: others hold references to it. `x(x&&) = delete;` does it.
template <class D> concept device_is_not_movable = !std::copy_constructible<D> && !std::move_constructible<D>;

/// Unique in the unikernel, as in `network_0`; labels its counters and logs. Valid as long as the device.
template <class D>
concept device_name = requires(const D& d) {
  { d.name() } noexcept -> std::convertible_to<std::string_view>;
};

/// Everything that a unikernel is wired from. Construction is cheap and does no I/O.
///
/// Two operations are optional. `start()` is awaited once, before anything else is asked, and gives a
/// `result<void, E>` where `describe(E)` is a sentence. `stop()` is awaited once, after the last user has
/// gone: it ends in order what can be ended, and waits for what is in flight; the destructor asserts that
/// nothing is.
template <class D> concept device = device_is_not_movable<D> && device_name<D>;

// ======================================================================================================
// Byte streams
// ======================================================================================================

/// `closed`: this end was shut down or closed, or an earlier write was cancelled half-way. `reset`: the peer
/// or the network ended it without order; what had come and was not read may be lost. `timed_out`: the peer
/// did not answer in time. `refused`: nobody listens there. `unreachable`: no way to the peer. `no_memory`: a
/// cap was reached; the flow is as it was before the call.
enum class flow_error : std::uint8_t { closed, reset, timed_out, refused, unreachable, no_memory };
[[nodiscard]] constexpr std::string_view describe(flow_error error) noexcept {
  constexpr std::array<std::string_view, 6> words{
      "the connection is closed",   "the connection was reset",   "the peer did not answer in time",
      "the connection was refused", "the peer cannot be reached", "no memory for the connection"};
  return words[static_cast<std::size_t>(error)];
}

/// Waits for the next bytes, at least one; the caller owns them. An empty buffer is the orderly end of what
/// the peer sends, and stays the answer. One reader at a time. A cancelled read loses nothing.
template <class F>
concept flow_read = requires(F& f) {
  { f.read() } -> awaits<result<buffer, flow_error>>;
};

/// Takes all of the bytes, in order, and waits while the flow has no room for more: that is the
/// back-pressure. It does not mean that the peer has them. Writing nothing is done at once. One writer at a
/// time. The bytes must not be changed afterwards: the flow shares them. A write that is cancelled after a
/// part was taken poisons the flow: later writes give `closed`; one that is cancelled before leaves no trace.
/// The list is written as one message where the flow beneath knows messages.
template <class F>
concept flow_write = requires(F& f, buffer one, buffer_list several) {
  { f.write(std::move(one)) } -> awaits<result<void, flow_error>>;
  { f.write(std::move(several)) } -> awaits<result<void, flow_error>>;
};

/// Nothing more will be written (TCP: FIN): writes give `closed`. What was written is still delivered, and
/// reading goes on. Done when the flow is told, not when the peer has agreed; cannot fail; again does
/// nothing.
template <class F>
concept flow_shutdown = requires(F& f) {
  { f.shutdown() } -> awaits<void>;
};

/// The orderly end of both directions: what was written is still delivered, unread input is dropped, reads
/// and writes give `closed`. Done when the flow is told, not when the peer has agreed; cannot fail; again
/// does nothing.
template <class F>
concept flow_close = requires(F& f) {
  { f.close() } -> awaits<void>;
};

/// A two-way stream of bytes: a TCP connection, a vchan, a TLS session. Movable, while nobody waits on it: it
/// is handed from the listener to the task that serves it. One task may read while another writes. Destroying
/// it without `close()` aborts it (TCP: RST): the peer's reads and writes give `reset`.
template <class F>
concept flow = std::movable<F> && flow_read<F> && flow_write<F> && flow_shutdown<F> && flow_close<F>;

/// `in_use`: something else listens there already. `not_permitted`: the host forbids it. `no_address`: that
/// local address is not ours. `no_memory`: a cap was reached. `closed`: the device beneath was stopped.
enum class listen_error : std::uint8_t { in_use, not_permitted, no_address, no_memory, closed };
[[nodiscard]] constexpr std::string_view describe(listen_error error) noexcept {
  constexpr std::array<std::string_view, 5> words{
      "the port is already in use", "listening there is not permitted",
      "the address is not one of this machine", "no memory for another listener", "the listener is closed"};
  return words[static_cast<std::size_t>(error)];
}

template <class L> concept listener_flow = requires { typename L::flow; } && flow<typename L::flow>;

/// Waits for the next connection; the caller owns it. Connections that nobody accepts wait in a backlog with
/// a cap, beyond which new ones are refused and counted. Several tasks may accept; each connection goes to
/// one, in the order of asking, and one that is cancelled leaves it to the next. After `closed` there is
/// nothing more to come; after another error the next call may succeed.
template <class L>
concept listener_accept = requires(L& l) {
  { l.accept() } -> awaits<result<typename L::flow, listen_error>>;
};
/// Where it listens, with the true port when 0 was asked for.
template <class L>
concept listener_local = requires(const L& l) {
  { l.local() } noexcept -> std::same_as<endpoint>;
};

/// A source of flows: a TCP port, a vchan server. Movable, while nobody accepts. Destroying it ends the
/// listening and aborts what is in the backlog; flows that were accepted live on.
template <class L>
concept listener = std::movable<L> && listener_flow<L> && listener_accept<L> && listener_local<L>;

/// `end`: the input ended before what was asked for. `too_long`: a line or a count beyond the channel's cap;
/// nothing is consumed. `flow_failed`: and stays so. `no_memory`: a cap was reached.
enum class channel_error : std::uint8_t { end, too_long, flow_failed, no_memory };
[[nodiscard]] constexpr std::string_view describe(channel_error error) noexcept {
  constexpr std::array<std::string_view, 4> words{"the input ended", "a line is too long",
                                                  "the connection failed", "no memory for the connection"};
  return words[static_cast<std::size_t>(error)];
}

/// Waits for a line: up to and without the LF, and without a CR before it; the last one may lack the LF.
/// `end` comes only when there is not one byte left.
template <class C>
concept channel_read_line = requires(C& c) {
  { c.read_line() } -> awaits<result<buffer, channel_error>>;
};
/// Waits for `count` bytes and gives them in one buffer; `end` when there are fewer, which stay to be read.
template <class C>
concept channel_read_exactly = requires(C& c, std::size_t count) {
  { c.read_exactly(count) } -> awaits<result<buffer, channel_error>>;
};
/// What is there, at least one byte, or waits for it. `end` when there is not one byte left.
template <class C>
concept channel_read_some = requires(C& c) {
  { c.read_some() } -> awaits<result<buffer, channel_error>>;
};
/// Copies into the channel, and waits while enough has gathered that it goes to the flow. The bytes must stay
/// valid until it is done.
template <class C>
concept channel_write = requires(C& c, cbytes data) {
  { c.write(data) } -> awaits<result<void, channel_error>>;
};
/// The same with a text and a LF behind it.
template <class C>
concept channel_write_line = requires(C& c, std::string_view text) {
  { c.write_line(text) } -> awaits<result<void, channel_error>>;
};
/// Waits until the flow has taken what has gathered.
template <class C>
concept channel_flush = requires(C& c) {
  { c.flush() } -> awaits<result<void, channel_error>>;
};
/// Lines and records over a flow, buffered both ways. One reader and one writer at a time. Partial input
/// stays in the channel when a read is cancelled; a `write` or `flush` that is cancelled half-way poisons the
/// flow.
template <class C>
concept channel = channel_read_line<C> && channel_read_exactly<C> && channel_read_some<C> &&
                  channel_write<C> && channel_write_line<C> && channel_flush<C>;

/// The unikernel's terminal: what the operator types, in lines where the terminal has lines, and what is
/// shown. Read and written as a flow is; it has no end of its own, and an empty buffer says that nobody will
/// type any more. Logs go there too, by `os::console`.
template <class C> concept console = device<C> && flow_read<C> && flow_write<C>;

// ======================================================================================================
// Clocks and randomness. They are functions of `os` in every unikernel; as module types they are for a
// device that must be told which clock (a test's, a trusted time server's).
// ======================================================================================================

/// The time now, read from the clock. Never waits.
template <class C>
concept wall_clock_now = requires(C& c) {
  { c.now() } noexcept -> std::same_as<wall_time>;
};
template <class C>
concept monotonic_clock_now = requires(C& c) {
  { c.now() } noexcept -> std::same_as<instant>;
};
/// The step of the clock, more than nothing; nothing if it is not known.
template <class C>
concept clock_resolution = requires(C& c) {
  { c.resolution() } noexcept -> std::same_as<std::optional<duration>>;
};

/// Unix time; may jump, both ways.
template <class C> concept wall_clock = device<C> && wall_clock_now<C> && clock_resolution<C>;

/// Never runs back; its zero means nothing.
template <class C> concept monotonic_clock = device<C> && monotonic_clock_now<C> && clock_resolution<C>;

/// Writes every byte of the caller's `out`. Never fails and never waits.
template <class R>
concept random_fill = requires(R& r, bytes out) {
  { r.fill(out) } noexcept -> std::same_as<void>;
};
/// Bytes that nobody can guess.
template <class R> concept random = device<R> && random_fill<R>;

// ======================================================================================================
// Packets
// ======================================================================================================

/// `full`: no room now; the sink is told `writable()` when there is. `down`: no link; `writable()` when it is
/// back. `too_long`: beyond the MTU, or beyond what the device segments. `no_route`: no way to that address.
/// `unreachable`: the next hop does not answer.
enum class net_error : std::uint8_t { full, down, too_long, no_route, unreachable };
[[nodiscard]] constexpr std::string_view describe(net_error error) noexcept {
  constexpr std::array<std::string_view, 5> words{"no room to send", "the link is down",
                                                  "the packet is too long", "no route to the address",
                                                  "the next hop does not answer"};
  return words[static_cast<std::size_t>(error)];
}

/// What a network device does for the stack.
struct capabilities {
  std::uint32_t mtu = 1500;          ///< bytes of payload in a frame
  std::uint32_t batch = 1;           ///< frames that one poll takes at most
  std::uint32_t slices = 0;          ///< buffers it sends without copying; 0: it copies them
  std::uint32_t segment_bytes = 0;   ///< TCP payload that it cuts into segments; 0: none
  std::uint32_t datagram_bytes = 0;  ///< UDP payload that it cuts into datagrams (of `segment`); 0: none
  bool transmit_checksum = false;    ///< it can fill in TCP and UDP checksums
  bool receive_checksum = false;     ///< it may say that it has verified them
  bool receive_coalescing = false;   ///< it may hand up several segments as one
  bool operator==(const capabilities&) const = default;
};

/// What the sender wants of the device for one packet. All offsets count from the first byte of the frame of
/// the layer that is called; each layer adds its header's length on the way down.
struct transmit {
  std::size_t header = 0;             ///< the most bytes that `fill` writes
  std::uint16_t checksum_start = 0;   ///< sum from here to the end ...
  std::uint16_t checksum_offset = 0;  ///< ... into the field this far behind the start; 0: no request
  std::uint16_t segment = 0;          ///< payload bytes a segment or datagram; 0: not to be cut
  enum class cut : std::uint8_t { none, tcp4, tcp6, udp } kind = cut::none;
};

/// What is known of a received packet; each layer may add to it on the way up.
struct received {
  bool checksum_verified = false;  ///< TCP or UDP checksum is right, or the packet never left the machine
  bool group = false;         ///< came to a broadcast or a group, of the link or of IP: not to be answered
  std::uint16_t segment = 0;  ///< not 0: coalesced from segments of this payload
};

/// IP protocol numbers that a stack speaks.
enum class ip_protocol : std::uint8_t { icmp = 1, tcp = 6, udp = 17, icmpv6 = 58 };

/// What the layers above IP say and hear of a packet's header. Zeros mean the usual when it is sent, and "not
/// known" when it came.
template <class Address>
struct ip_header {
  Address source{};       ///< sent from the unspecified address: chosen by the route (RFC 6724)
  Address destination{};  ///< where it came to: also a multicast group or a broadcast address
  ip_protocol protocol = ip_protocol::udp;
  std::uint8_t ttl = 0;            ///< TTL or hop limit; the usual is 64, for multicast 1
  std::uint8_t traffic_class = 0;  ///< DSCP and ECN (RFC 2474, RFC 3168)
  bool dont_fragment = false;      ///< too long for the path: `too_long`, and not cut
  std::uint32_t interface = 0;     ///< which one; needed for link-local and multicast destinations
};

/// What a router, or the destination itself, reports of a packet that we sent (RFC 792, RFC 4443): it did not
/// reach the host, nobody listens at the port, it is longer than the next hop's `mtu`, or its TTL ended. It
/// may be forged: TCP checks it (RFC 5927).
template <class Address>
struct icmp_report {
  enum class kind : std::uint8_t { unreachable, port_unreachable, too_long, expired } what{};
  ip_header<Address> about{};  ///< of our packet, as the report quotes it
  cbytes quoted{};             ///< what followed that header, at least 8 bytes; lent for the call
  std::uint32_t mtu = 0;       ///< of `too_long`; 0: not told
};

namespace archetype {

// The least that a caller may hand over: move-only, without a default constructor, called once.
struct fill {
  fill(fill&&) = default;
  fill(const fill&) = delete;
  std::size_t operator()(bytes) noexcept;

 private:
  fill();
};
struct network_sink {
  network_sink(network_sink&&) = delete;
  void input(buffer&&, const received&) noexcept;
  void batch_end() noexcept;
  void writable() noexcept;
};
struct ethernet_sink {
  ethernet_sink(ethernet_sink&&) = delete;
  void arp(buffer&&, const received&) noexcept;
  void ipv4(buffer&&, const received&) noexcept;
  void ipv6(buffer&&, const received&) noexcept;
};
template <class Address>
struct ip_sink {
  ip_sink(ip_sink&&) = delete;
  void tcp(const ip_header<Address>&, buffer&&, const received&) noexcept;
  void udp(const ip_header<Address>&, buffer&&, const received&) noexcept;
  void icmp(const ip_header<Address>&, buffer&&, const received&) noexcept;
};
template <class Address>
struct icmp_sink {
  icmp_sink(icmp_sink&&) = delete;
  void reported(const icmp_report<Address>&) noexcept;
};

}  // namespace archetype

/// Of a callable that writes a packet's first bytes into the driver's own memory and says how many.
template <class F> concept fill = std::is_invocable_r_v<std::size_t, F&, bytes>;

/// Who receives from a network. `input` lends a frame: moved from, it is kept, else the driver has it back;
/// `batch_end` comes once after the frames of one poll (acknowledge and send there); `writable` once after a
/// `full` or `down`. A sink may have `link_restored()`, which comes when the link was down and is up again,
/// perhaps at another place of the network: who has addresses announces them.
template <class S>
concept network_sink = requires(S& s, buffer&& frame, const received& how) {
  { s.input(std::move(frame), how) } -> std::same_as<void>;
  { s.batch_end() } -> std::same_as<void>;
  { s.writable() } -> std::same_as<void>;
};

template <class N>
concept network_mac = requires(const N& n) {
  { n.mac() } noexcept -> std::same_as<mac_address>;
};
/// Constant while it runs; known after `start()`.
template <class N>
concept network_capabilities = requires(const N& n) {
  { n.capabilities() } noexcept -> std::same_as<capabilities>;
};
/// Sends one frame: calls `fill` once, before it returns, with at least `how.header` bytes of the ring's own
/// memory, which `fill` writes from the front, and appends the slices. Never waits and never keeps more than
/// the ring holds: when it answers an error nothing was sent, `fill` was not called, and the slices are
/// released. Slices are released when the device has sent them, and must not be changed before.
template <class N>
concept network_write = requires(N& n, const transmit& how, archetype::fill f, buffer_list slices) {
  { n.write(how, std::move(f), std::move(slices)) } -> std::same_as<result<void, net_error>>;
};
/// Calls the sink from now on, which must outlive the subscription; frames that come while there is none are
/// dropped. One sink a network; a second one stops the unikernel: two users of one network go through
/// `share`.
template <class N>
concept network_listen = requires(N& n, archetype::network_sink& sink) {
  { n.listen(sink) } -> std::same_as<subscription>;
};
/// A network interface that carries Ethernet frames, without the frame check sequence.
template <class N>
concept network =
    device<N> && network_mac<N> && network_capabilities<N> && network_write<N> && network_listen<N>;

/// Puts the header on (our address, `to`, `type`), else as `network_write`.
template <class E>
concept ethernet_write = requires(E& e, mac_address to, std::uint16_t type, const transmit& how,
                                  archetype::fill f, buffer_list slices) {
  { e.write(to, type, how, std::move(f), std::move(slices)) } -> std::same_as<result<void, net_error>>;
};
/// Strips and checks the header and calls the sink's `arp`, `ipv4` or `ipv6`, with `group` told; frames of
/// other types, to other stations or too short are dropped. The frame stays the caller's unless it is moved
/// from.
template <class E>
concept ethernet_input = requires(E& e, buffer&& frame, const received& how, archetype::ethernet_sink& up) {
  { e.input(std::move(frame), how, up) } -> std::same_as<void>;
};
/// IEEE 802.3 framing, RFC 894.
template <class E>
concept ethernet =
    device<E> && network_mac<E> && network_capabilities<E> && ethernet_write<E> && ethernet_input<E>;

/// `timed_out`: three requests without an answer (RFC 1122 §2.3.2.1). `full`: too many queries at once.
enum class arp_error : std::uint8_t { timed_out, full };
[[nodiscard]] constexpr std::string_view describe(arp_error error) noexcept {
  return error == arp_error::full ? "too many addresses are being resolved"
                                  : "nobody answers for the address";
}
/// Sends an IPv4 packet to a neighbour; never waits. While its address is not known, the packet is filled
/// into one of a capped number of parked buffers (`full` beyond) and sent on the answer, or dropped after
/// three requests; then `unreachable` is the answer for a while. Else as `network_write`.
template <class A>
concept arp_write =
    requires(A& a, ipv4_address to, const transmit& how, archetype::fill f, buffer_list slices) {
      { a.write(to, how, std::move(f), std::move(slices)) } -> std::same_as<result<void, net_error>>;
    };
/// Waits for the address itself, asking for it where it is not known.
template <class A>
concept arp_query = requires(A& a, ipv4_address who) {
  { a.query(who) } -> awaits<result<mac_address, arp_error>>;
};
/// A packet without its Ethernet header: answers a request for one of our addresses, learns from an answer.
/// What is malformed is dropped.
template <class A>
concept arp_input = requires(A& a, buffer&& packet) {
  { a.input(std::move(packet)) } -> std::same_as<void>;
};
/// The addresses that it answers for, up to a cap (`false` beyond); adding one announces it.
template <class A>
concept arp_addresses = requires(A& a, ipv4_address ours) {
  { a.add(ours) } -> std::same_as<bool>;
  { a.remove(ours) } -> std::same_as<void>;
};
/// RFC 826, RFC 5227.
template <class A>
concept arp = device<A> && arp_write<A> && arp_query<A> && arp_input<A> && arp_addresses<A>;

/// How a packet to a destination leaves; for a connection to keep.
template <class Address>
struct ip_route {
  Address source{};
  std::uint32_t mtu = 0;  ///< of the path, bytes of IP packet
  v1::capabilities device{};
};

template <class I> concept ip_address_type = requires { typename I::address; };
/// Sends one packet: writes the header, finds the next hop, and fragments where `header` does not forbid it
/// and the device does not segment. `how` counts from the first byte behind the IP header. Else as
/// `network_write`.
template <class I>
concept ip_write = requires(I& i, const ip_header<typename I::address>& header, const transmit& how,
                            archetype::fill f, buffer_list slices) {
  { i.write(header, how, std::move(f), std::move(slices)) } -> std::same_as<result<void, net_error>>;
};
/// Looks the way up; sends nothing.
template <class I>
concept ip_route_to = requires(I& i, const typename I::address& to) {
  { i.route(to) } -> std::same_as<result<ip_route<typename I::address>, net_error>>;
};
/// Over several interfaces the way depends on where a packet is sent from, if `from` is specified, and by
/// which interface, if that is not 0. A refinement, used where it is there.
template <class I>
concept ip_route_from =
    requires(I& i, const typename I::address& to, const typename I::address& from, std::uint32_t interface) {
      { i.route(to, from, interface) } -> std::same_as<result<ip_route<typename I::address>, net_error>>;
    };
/// A packet from its first byte: checks it, reassembles with caps, and calls the sink's `tcp`, `udp` or
/// `icmp` with what follows the header. What is malformed, not for us or of another protocol is dropped.
/// Neighbour discovery (RFC 4861) stays inside.
template <class I>
concept ip_input =
    requires(I& i, buffer&& packet, const received& how, archetype::ip_sink<typename I::address>& up) {
      { i.input(std::move(packet), how, up) } -> std::same_as<void>;
    };
/// Our own; valid until it changes.
template <class I>
concept ip_addresses = requires(const I& i) {
  { i.addresses() } noexcept -> std::same_as<std::span<const typename I::address>>;
};
/// IPv4 (RFC 791, `address` is `ipv4_address`) or IPv6 (RFC 8200, `ipv6_address`).
template <class I>
concept ip =
    device<I> && ip_address_type<I> && ip_write<I> && ip_route_to<I> && ip_input<I> && ip_addresses<I>;

/// Sends one echo request with that many bytes of payload and waits for its answer: the time it took.
/// `unreachable` when none comes within `limit`.
template <class I>
concept icmp_ping = requires(I& i, const typename I::address& to, std::size_t payload, duration limit) {
  { i.ping(to, payload, limit) } -> awaits<result<duration, net_error>>;
};
/// A message that came: answers echo requests at a limited rate, wakes who pinged, and tells the sink what is
/// reported of a packet that we sent. What is malformed is dropped.
template <class I>
concept icmp_input = requires(I& i, const ip_header<typename I::address>& header, buffer&& message,
                              archetype::icmp_sink<typename I::address>& up) {
  { i.input(header, std::move(message), up) } -> std::same_as<void>;
};
/// RFC 792 or RFC 4443.
template <class I> concept icmp = device<I> && ip_address_type<I> && icmp_ping<I> && icmp_input<I>;

/// One datagram as it came: who sent it, to which of our addresses, over which interface.
struct datagram {
  buffer payload{};
  endpoint source{};
  endpoint destination{};       ///< the local address it was sent to, also a multicast group
  std::uint32_t interface = 0;  ///< 0: not known
  std::uint8_t ttl = 0;         ///< TTL or hop limit; 0: not known
};

/// Where a datagram goes. What is left out the stack chooses.
struct datagram_route {
  endpoint destination{};
  endpoint source{};            ///< unspecified address: chosen by RFC 6724; port 0: an ephemeral one
  std::uint32_t interface = 0;  ///< for multicast and link-local destinations
  std::uint8_t ttl = 0;         ///< 0: the default, 64 (multicast: 1)
  bool unordered = false;       ///< may overtake others to the same peer, so that more of them leave together
};

namespace archetype {
struct datagram_handler {
  datagram_handler(datagram_handler&&) = default;
  datagram_handler(const datagram_handler&) = delete;
  void operator()(datagram&&) noexcept;

 private:
  datagram_handler();
};
}  // namespace archetype

/// Calls the handler with each datagram to that local port (and address, if one is given) while the
/// subscription lives. The unspecified address listens on all, IPv4 and IPv6, a group on what is sent to it.
/// The port is not 0 (`no_address`): whoever wants just any takes one at random (RFC 6056) and another when
/// that is `in_use`. The handler is moved to the device and must fit in 64 bytes; it may answer from inside.
template <class U>
concept udp_listen = requires(U& u, const endpoint& local, archetype::datagram_handler handler) {
  { u.listen(local, std::move(handler)) } -> std::same_as<result<subscription, listen_error>>;
};
/// Sends what `fill` writes as one datagram, at most `size` bytes; `fill` is called once, before it returns,
/// or not at all after an error. Never waits: at a cap it answers `full`, and nothing is sent. Datagrams
/// written in one batch may leave as one system call or one segmented packet; what fails then is counted.
template <class U>
concept udp_write = requires(U& u, const datagram_route& to, std::size_t size, archetype::fill f) {
  { u.write(to, size, std::move(f)) } -> std::same_as<result<void, net_error>>;
};
/// Membership counts: as many leaves as joins. `interface` 0: the one that routes to the group. `full` at a
/// cap; `no_route` where the address is no group or the interface does not exist.
template <class U>
concept udp_multicast = requires(U& u, const ip_address& group, std::uint32_t interface) {
  { u.join(group, interface) } -> std::same_as<result<void, net_error>>;
  { u.leave(group, interface) } -> std::same_as<void>;
};
/// RFC 768. Received checksums are verified.
template <class U> concept udp = device<U> && udp_listen<U> && udp_write<U> && udp_multicast<U>;

/// The two ends of a connection; they stay the same when it is closed.
template <class F>
concept tcp_flow_ends = requires(const F& f) {
  { f.peer() } noexcept -> std::same_as<endpoint>;
  { f.local() } noexcept -> std::same_as<endpoint>;
};
/// `no_delay(true)` switches Nagle's algorithm off (RFC 9293 §3.7.4); it is off in a new flow, because every
/// protocol here writes whole messages. `keep_alive(idle)` asks the peer for a sign of life after so long a
/// silence (`timed_out` when there is none); 0, as in a new flow, never does.
template <class F>
concept tcp_flow_options = requires(F& f, bool off, duration idle) {
  { f.no_delay(off) } noexcept -> std::same_as<void>;
  { f.keep_alive(idle) } noexcept -> std::same_as<void>;
};
/// A flow that knows its ends.
template <class F> concept tcp_flow = flow<F> && tcp_flow_ends<F> && tcp_flow_options<F>;

template <class T>
concept tcp_types =
    requires {
      typename T::flow;
      typename T::listener;
    } && tcp_flow<typename T::flow> && listener<typename T::listener> &&
    std::same_as<typename T::flow, typename T::listener::flow>;
/// Waits for the handshake and gives the flow, which is the caller's. Cancelled, it leaves no connection.
template <class T>
concept tcp_connect = requires(T& t, const endpoint& peer) {
  { t.connect(peer) } -> awaits<result<typename T::flow, flow_error>>;
};
/// The unspecified address listens on all, IPv4 and IPv6; port 0 takes a free one. Never waits.
template <class T>
concept tcp_listen = requires(T& t, const endpoint& local) {
  { t.listen(local) } -> std::same_as<result<typename T::listener, listen_error>>;
};
/// RFC 9293.
template <class T> concept tcp = device<T> && tcp_types<T> && tcp_connect<T> && tcp_listen<T>;

/// `flow` and `listener` are those of its TCP.
template <class S>
concept stack_tcp = requires(S& s) {
  typename S::flow;
  typename S::listener;
  requires tcp<std::remove_cvref_t<decltype(s.tcp())>>;
  requires std::same_as<typename S::flow, typename std::remove_cvref_t<decltype(s.tcp())>::flow>;
  requires std::same_as<typename S::listener, typename std::remove_cvref_t<decltype(s.tcp())>::listener>;
};
template <class S>
concept stack_udp = requires(S& s) { requires udp<std::remove_cvref_t<decltype(s.udp())>>; };
/// Its own, without loopback; they may change while it runs.
template <class S>
concept stack_addresses = requires(const S& s) {
  { s.addresses() } -> std::same_as<std::vector<ip_address>>;
};
/// TCP and UDP over IPv4 and IPv6: our own from the wire up, or the host's sockets.
template <class S> concept stack = device<S> && stack_tcp<S> && stack_udp<S> && stack_addresses<S>;

/// `not_found`: there is no such name, or it has no address. `failed`: no server answered, or answered
/// nonsense. `bad_name`: not a host name.
enum class resolve_error : std::uint8_t { not_found, failed, bad_name };
[[nodiscard]] constexpr std::string_view describe(resolve_error error) noexcept {
  constexpr std::array<std::string_view, 3> words{"the name has no address", "the name could not be resolved",
                                                  "this is not a host name"};
  return words[static_cast<std::size_t>(error)];
}
using address_list = inline_vector<ip_address, 16>;
/// Waits for the addresses of a host name, those to try first in front (RFC 6724), at least one; a literal
/// address is its own answer. Never blocks the loop. The name is read before it waits.
template <class R>
concept resolver_resolve = requires(R& r, std::string_view name) {
  { r.resolve(name) } -> awaits<result<address_list, resolve_error>>;
};
/// Host names to addresses: DNS, the host's resolver, a table.
template <class R> concept resolver = device<R> && resolver_resolve<R>;

// ======================================================================================================
// Storage
// ======================================================================================================

/// `out_of_range`: beyond the last sector. `read_only`. `misaligned`: not whole sectors. `device_failed`: the
/// medium or the host said no; the sectors of a failed write hold old or new content. `disconnected`.
/// `no_memory`: a cap was reached.
enum class block_error : std::uint8_t {
  out_of_range,
  read_only,
  misaligned,
  device_failed,
  disconnected,
  no_memory
};
[[nodiscard]] constexpr std::string_view describe(block_error error) noexcept {
  constexpr std::array<std::string_view, 6> words{"the sectors are beyond the end of the device",
                                                  "the device is read-only",
                                                  "the length is not a multiple of the sector size",
                                                  "the device failed",
                                                  "the device is gone",
                                                  "no memory for the operation"};
  return words[static_cast<std::size_t>(error)];
}

struct block_info {
  std::uint32_t sector_size = 512;  ///< bytes; a power of two
  std::uint64_t sectors = 0;
  bool read_only = false;
  bool can_discard = false;
  bool operator==(const block_info&) const = default;
};

/// Constant while it runs; known after `start()`.
template <class B>
concept block_geometry = requires(const B& b) {
  { b.info() } noexcept -> std::same_as<block_info>;
};
/// Waits for `count` sectors from `first`, in one buffer, which is the caller's; no sectors are an empty
/// buffer. Many operations may be in flight; they are not ordered among each other.
template <class B>
concept block_read = requires(B& b, std::uint64_t first, std::uint32_t count) {
  { b.read(first, count) } -> awaits<result<buffer, block_error>>;
};
/// Whole sectors, from one buffer or gathered from several whose total is whole sectors. Done when a later
/// read sees them; after a power failure only what was flushed is certain. The buffers stay referenced until
/// the device has taken them, even when the waiter is destroyed, and must not be changed before.
template <class B>
concept block_write = requires(B& b, std::uint64_t first, buffer one, buffer_list several) {
  { b.write(first, std::move(one)) } -> awaits<result<void, block_error>>;
  { b.write(first, std::move(several)) } -> awaits<result<void, block_error>>;
};
/// Done when every write that was done before the call is on stable storage.
template <class B>
concept block_flush = requires(B& b) {
  { b.flush() } -> awaits<result<void, block_error>>;
};
/// The content of the sectors is no longer needed; reading them gives anything until they are written. Does
/// nothing, with success, where `can_discard` is false.
template <class B>
concept block_discard = requires(B& b, std::uint64_t first, std::uint64_t count) {
  { b.discard(first, count) } -> awaits<result<void, block_error>>;
};
/// A disk. An operation that was begun is carried out, whoever stops waiting for it.
template <class B>
concept block =
    device<B> && block_geometry<B> && block_read<B> && block_write<B> && block_flush<B> && block_discard<B>;

/// `not_found`. `bad_key`: empty, longer than 1024 bytes, or with an empty, `.` or `..` segment or a NUL.
/// `dictionary_expected`, `value_expected`: the key, or its beginning, names the other kind. `no_space`.
/// `storage_failed`. `no_memory`: a cap was reached. After any of them the store is as it was.
enum class kv_error : std::uint8_t {
  not_found,
  bad_key,
  dictionary_expected,
  value_expected,
  no_space,
  storage_failed,
  no_memory
};
[[nodiscard]] constexpr std::string_view describe(kv_error error) noexcept {
  constexpr std::array<std::string_view, 7> words{"there is no such key",
                                                  "this is not a key",
                                                  "the key names a value, not a dictionary",
                                                  "the key names a dictionary, not a value",
                                                  "the store is full",
                                                  "the storage failed",
                                                  "no memory for the value"};
  return words[static_cast<std::size_t>(error)];
}

/// True of a well-formed key: segments joined by `/`, without one in front or at the end, as in
/// `css/site.css`.
[[nodiscard]] constexpr bool is_key(std::string_view key) noexcept {
  if (key.empty() || key.size() > 1024) return false;
  while (true) {
    const std::size_t slash = key.find('/');
    const std::string_view segment = key.substr(0, slash);
    if (segment.empty() || segment == "." || segment == ".." || segment.find('\0') != std::string_view::npos)
      return false;
    if (slash == std::string_view::npos) return true;
    key.remove_prefix(slash + 1);
  }
}

struct kv_item {
  std::string name{};  ///< the last segment
  bool dictionary = false;
  bool operator==(const kv_item&) const = default;
};
/// SHA-256 of the value.
using kv_digest = std::array<std::byte, 32>;

/// Waits for the whole value, or for `length` bytes from `offset`: fewer at the end of the value, none beyond
/// it. The buffer is the caller's, of one version of the value, and stays what it was when the store changes.
template <class K>
concept kv_get = requires(K& k, std::string_view key, std::uint64_t offset, std::size_t length) {
  { k.get(key) } -> awaits<result<buffer, kv_error>>;
  { k.get(key, offset, length) } -> awaits<result<buffer, kv_error>>;
};
/// Of a value.
template <class K>
concept kv_size = requires(K& k, std::string_view key) {
  { k.size(key) } -> awaits<result<std::uint64_t, kv_error>>;
};
/// What a dictionary holds, sorted by name bytewise; the empty key is the root.
template <class K>
concept kv_list = requires(K& k, std::string_view dictionary) {
  { k.list(dictionary) } -> awaits<result<std::vector<kv_item>, kv_error>>;
};
/// Of a value: when it was last set.
template <class K>
concept kv_last_modified = requires(K& k, std::string_view key) {
  { k.last_modified(key) } -> awaits<result<wall_time, kv_error>>;
};
/// Of a value.
template <class K>
concept kv_digest_of = requires(K& k, std::string_view key) {
  { k.digest(key) } -> awaits<result<kv_digest, kv_error>>;
};
/// A read-only store of values under keys: files in the image, in a folder of the host, in an archive. Keys
/// are read before an operation waits.
template <class K>
concept kv_ro = device<K> && kv_get<K> && kv_size<K> && kv_list<K> && kv_last_modified<K> && kv_digest_of<K>;

/// A value whose every form was computed when the image was built. All of it is read-only memory.
struct asset {
  cbytes identity{};
  cbytes gzip{};    ///< empty: not worth it
  cbytes brotli{};  ///< empty: not worth it
  std::string_view content_type{};
  std::string_view etag{};  ///< quoted, strong, of the identity form
  wall_time last_modified{};
};
/// The forms of a value; null when there is no such value. Never waits; valid for ever.
template <class K>
concept kv_find = requires(const K& k, std::string_view key) {
  { k.find(key) } noexcept -> std::same_as<const asset*>;
};
/// A store whose values are in the image: found at once, served without a copy. A refinement, used where it
/// is there.
template <class K> concept kv_assets = kv_ro<K> && kv_find<K>;

/// Replaces the whole value, or makes it, with the dictionaries on the way. Atomic: after a crash there is
/// the old value or the new. The bytes must not be changed afterwards.
template <class K>
concept kv_set = requires(K& k, std::string_view key, buffer value) {
  { k.set(key, std::move(value)) } -> awaits<result<void, kv_error>>;
};
/// Overwrites from `offset`, beyond the end too, with zeros in a gap; else as `kv_set`.
template <class K>
concept kv_set_partial = requires(K& k, std::string_view key, std::uint64_t offset, buffer part) {
  { k.set_partial(key, offset, std::move(part)) } -> awaits<result<void, kv_error>>;
};
/// Of a value, or of a dictionary with all that is in it. Whether a dictionary stays when the last key in it
/// goes is the store's.
template <class K>
concept kv_remove = requires(K& k, std::string_view key) {
  { k.remove(key) } -> awaits<result<void, kv_error>>;
};
/// Gives a value or a dictionary the key `to`, replacing what is there; atomic as `kv_set`. `bad_key` when
/// `to` is inside of what is renamed.
template <class K>
concept kv_rename = requires(K& k, std::string_view from, std::string_view to) {
  { k.rename(from, to) } -> awaits<result<void, kv_error>>;
};
/// Done when everything set before is on stable storage.
template <class K>
concept kv_sync = requires(K& k) {
  { k.sync() } -> awaits<result<void, kv_error>>;
};
/// A store that can be written to.
template <class K>
concept kv_rw = kv_ro<K> && kv_set<K> && kv_set_partial<K> && kv_remove<K> && kv_rename<K> && kv_sync<K>;

/// `bad_path`: not written as a key, or a directory that would be moved into itself. `no_space`. `read_only`.
/// `format`: what lies on the device is no such file system, or damaged. `device_failed`. `no_memory`: a cap
/// was reached. The others say themselves; the path's beginning gives `not_found` or `not_a_directory` too.
enum class fs_error : std::uint8_t {
  not_found,
  exists,
  not_a_directory,
  is_a_directory,
  not_empty,
  bad_path,
  no_space,
  read_only,
  format,
  device_failed,
  no_memory
};
[[nodiscard]] constexpr std::string_view describe(fs_error error) noexcept {
  constexpr std::array<std::string_view, 11> words{"there is no such file",
                                                   "the file exists already",
                                                   "a directory was expected",
                                                   "a file was expected, not a directory",
                                                   "the directory is not empty",
                                                   "this is not a path",
                                                   "the file system is full",
                                                   "the file system is read-only",
                                                   "the file system is damaged or of another kind",
                                                   "the device failed",
                                                   "no memory for the operation"};
  return words[static_cast<std::size_t>(error)];
}
struct fs_stat {
  std::uint64_t size = 0;  ///< of a file, in bytes
  bool directory = false;
  bool read_only = false;
  wall_time last_modified{};
};
/// Waits for `length` bytes from `offset`, fewer only at the end of the file; the buffer is the caller's.
template <class F>
concept fs_read = requires(F& f, std::string_view path, std::uint64_t offset, std::size_t length) {
  { f.read(path, offset, length) } -> awaits<result<buffer, fs_error>>;
};
template <class F>
concept fs_status = requires(F& f, std::string_view path) {
  { f.stat(path) } -> awaits<result<fs_stat, fs_error>>;
};
/// What a directory holds, sorted by name bytewise.
template <class F>
concept fs_list = requires(F& f, std::string_view path) {
  { f.list(path) } -> awaits<result<std::vector<kv_item>, fs_error>>;
};
/// Makes an empty file; its directory must be there.
template <class F>
concept fs_create = requires(F& f, std::string_view path) {
  { f.create(path) } -> awaits<result<void, fs_error>>;
};
/// Makes an empty directory; its parent must be there.
template <class F>
concept fs_make_directory = requires(F& f, std::string_view path) {
  { f.make_directory(path) } -> awaits<result<void, fs_error>>;
};
/// Overwrites a file that is there, and makes it longer where it must; a gap reads as zeros. A failed write
/// may have written a part. The bytes must not be changed before it is done.
template <class F>
concept fs_write = requires(F& f, std::string_view path, std::uint64_t offset, buffer data) {
  { f.write(path, offset, std::move(data)) } -> awaits<result<void, fs_error>>;
};
/// Makes a file `size` bytes long: cut, or with zeros behind.
template <class F>
concept fs_truncate = requires(F& f, std::string_view path, std::uint64_t size) {
  { f.truncate(path, size) } -> awaits<result<void, fs_error>>;
};
/// Moves a file or a directory. A file replaces a file; anything else that is at `to` gives `exists`.
template <class F>
concept fs_rename = requires(F& f, std::string_view path, std::string_view to) {
  { f.rename(path, to) } -> awaits<result<void, fs_error>>;
};
/// Of a file or an empty directory.
template <class F>
concept fs_remove = requires(F& f, std::string_view path) {
  { f.remove(path) } -> awaits<result<void, fs_error>>;
};
/// Done when everything that was done before is on stable storage.
template <class F>
concept fs_sync = requires(F& f) {
  { f.sync() } -> awaits<result<void, fs_error>>;
};
/// A hierarchical file system. Paths are written as keys and read before an operation waits; the root is the
/// empty path.
template <class F>
concept fs = device<F> && fs_read<F> && fs_status<F> && fs_list<F> && fs_create<F> && fs_make_directory<F> &&
             fs_write<F> && fs_truncate<F> && fs_rename<F> && fs_remove<F> && fs_sync<F>;

// ======================================================================================================
// HTTP
// ======================================================================================================

/// `bad_message`: the peer broke RFC 9112. `too_large`: beyond a configured limit. `closed`: the connection
/// ended before the message. `timed_out`: the peer was too slow. `misused`: answered twice, or a body written
/// that was not announced. `bad_uri`, `unsupported`: of a client's call. `not_reached`: no connection.
enum class http_error : std::uint8_t {
  bad_message,
  too_large,
  closed,
  timed_out,
  misused,
  bad_uri,
  unsupported,
  not_reached
};
[[nodiscard]] constexpr std::string_view describe(http_error error) noexcept {
  constexpr std::array<std::string_view, 8> words{"the peer sent a malformed message",
                                                  "the message is larger than the limit",
                                                  "the connection ended before the message did",
                                                  "the peer was too slow",
                                                  "the answer was given twice or against its own head",
                                                  "this is not a URI of a kind that is supported",
                                                  "the scheme is not supported",
                                                  "the server cannot be reached"};
  return words[static_cast<std::size_t>(error)];
}

struct http_header {
  std::string_view name{};
  std::string_view value{};
};

/// What a handler answers. The views are read before `respond` or `begin` waits. Date, Content-Length,
/// Transfer-Encoding and Connection are the server's; a header that could split the message stops it with
/// `misused`.
struct http_response {
  unsigned status = 200;
  std::string_view content_type{};
  std::span<const http_header> headers{};
  buffer body{};
};

/// What a client asks. The views must live until the response has come.
struct http_call {
  std::string_view method = "GET";
  std::string_view uri{};  ///< absolute, as in `http://example.org:8080/path?query`
  std::span<const http_header> headers{};
  buffer body{};
};

/// A received request; its views live as long as the exchange. `target()` is as it came; `path()` is decoded
/// and free of dot segments, and begins with `/`; `query()` is as it came, without the `?`. `peer()` is who
/// asked.
template <class R>
concept http_request_line = requires(const R& r) {
  { r.method() } noexcept -> std::same_as<std::string_view>;
  { r.target() } noexcept -> std::same_as<std::string_view>;
  { r.path() } noexcept -> std::same_as<std::string_view>;
  { r.query() } noexcept -> std::same_as<std::string_view>;
  { r.peer() } noexcept -> std::same_as<endpoint>;
};
/// The first header of that name, without regard to case.
template <class M>
concept http_header_of = requires(const M& m, std::string_view name) {
  { m.header(name) } noexcept -> std::same_as<std::optional<std::string_view>>;
};
template <class R> concept http_request = http_request_line<R> && http_header_of<R>;

/// Waits for the next part of the body, which is the caller's; empty at its end. On a server the first call
/// sends `100 Continue` if the client waits for it. A body that is left unread is skipped, or ends the
/// connection if it is long.
template <class M>
concept http_body = requires(M& m) {
  { m.read_body() } -> awaits<result<buffer, http_error>>;
};
/// The whole answer. Done when the connection has taken it.
template <class X>
concept http_respond = requires(X& x, http_response&& answer) {
  { x.respond(std::move(answer)) } -> awaits<result<void, http_error>>;
};
/// `begin`, any number of `write`, `end`: an answer of unknown length, chunked. To HEAD the same is said, and
/// the server leaves the body out. An answer that is begun and not ended ends the connection.
template <class X>
concept http_stream = requires(X& x, http_response&& answer, buffer part) {
  { x.begin(std::move(answer)) } -> awaits<result<void, http_error>>;
  { x.write(std::move(part)) } -> awaits<result<void, http_error>>;
  { x.end() } -> awaits<result<void, http_error>>;
};
template <class X>
concept http_exchange_request =
    requires(const X& x) { requires http_request<std::remove_cvref_t<decltype(x.request())>>; };
/// One request and its answer.
template <class X>
concept http_exchange = http_exchange_request<X> && http_body<X> && http_respond<X> && http_stream<X>;

namespace archetype {
template <class Exchange>
struct http_handler {
  http_handler(http_handler&&) = default;
  http_handler(const http_handler&) = delete;
  task<> operator()(Exchange&);

 private:
  http_handler();
};
}  // namespace archetype

/// Serves HTTP/1.1 (RFC 9110, 9112) on a port until the task is cancelled or the device stopped. The handler
/// is called once a request, each connection's in order; one that ends without an answer is a 500. `local` as
/// for `tcp_listen`.
template <class H>
concept http_serve =
    requires(H& h, const endpoint& local, archetype::http_handler<typename H::exchange> handler) {
      { h.serve(local, std::move(handler)) } -> awaits<result<void, listen_error>>;
    };
template <class H>
concept http_server_exchange = requires { typename H::exchange; } && http_exchange<typename H::exchange>;
template <class H> concept http_server = device<H> && http_server_exchange<H> && http_serve<H>;

template <class R>
concept http_reply_status = requires(const R& r) {
  { r.status() } noexcept -> std::same_as<unsigned>;
};
/// All headers in their order; the views live as long as the response.
template <class R>
concept http_reply_headers = requires(const R& r) {
  { r.headers() } noexcept -> std::convertible_to<std::span<const http_header>>;
};
/// A received response. Destroyed before its body was read to the end, it ends its connection.
template <class R>
concept http_reply =
    std::movable<R> && http_reply_status<R> && http_reply_headers<R> && http_header_of<R> && http_body<R>;
/// Waits for the head of the response. Connections are kept and used again; redirects are not followed.
template <class H>
concept http_client_request = requires(H& h, http_call&& call) {
  { h.request(std::move(call)) } -> awaits<result<typename H::response, http_error>>;
};
template <class H>
concept http_client_response = requires { typename H::response; } && http_reply<typename H::response>;
template <class H> concept http_client = device<H> && http_client_response<H> && http_client_request<H>;

}  // namespace mirage::v1
