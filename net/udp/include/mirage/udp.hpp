// SPDX-License-Identifier: ISC
// UDP: RFC 768, RFC 1122 §4.1, RFC 8200 §8.1; ports chosen at random, RFC 6056 §3.3.1.
//
//   mirage::udp<ipv4_0> udp{"udp", ipv4};
//   auto listening = udp.listen({{}, 7}, [&](v1::datagram&& came) noexcept { ... });
#pragma once

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <tuple>
#include <utility>

#include "mirage/any_fill.hpp"
#include "mirage/checksum.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/os.hpp"
#include "mirage/udp/gathering.hpp"
#include "mirage/udp/ports.hpp"
#include "mirage/udp/read.hpp"
#include "mirage/udp/wire.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct udp_options {
  std::size_t listeners = 4096;
};

/// What has become of a received datagram. `nobody_listens`: it is untouched, and its sender may be told.
enum class udp_outcome : std::uint8_t { taken, dropped, nobody_listens };

/// `v1::udp`, over at most one IP of each family, which must outlive it. It must outlive the subscriptions.
template <v1::ip... Ip>
class udp {
  template <class Address>
  static constexpr std::size_t how_many =
      (std::size_t{std::same_as<typename Ip::address, Address>} + ... + 0);
  static_assert(how_many<ipv4_address> <= 1 && how_many<ipv6_address> <= 1 && sizeof...(Ip) > 0,
                "UDP stands on one IP of each family at most");

 public:
  explicit udp(std::string_view name, Ip&... ips, const udp_options& options = {})
      : name_(name), ips_(ips...), ports_(options.listeners) {}
  udp(const udp&) = delete;
  udp& operator=(const udp&) = delete;
  ~udp() { flush(); }

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  // ---- v1::udp ----

  template <class Handler>
    requires std::is_invocable_v<Handler&, v1::datagram&&>
  result<subscription, v1::listen_error> listen(const endpoint& local, Handler handler) {
    if (local.port == 0 || !can_listen_at(local.address)) return fail(v1::listen_error::no_address);
    return ports_.listen(local, udp_ports::handler(std::move(handler)));
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::datagram_route& to, std::size_t size, Fill fill) {
    const ip_address destination = to.destination.address;
    if (size > greatest_payload) return refuse(too_long_, v1::net_error::too_long);
    if (destination.is_unspecified() || to.destination.port == 0)
      return refuse(no_route_, v1::net_error::no_route);
    if (destination.is_v4()) return write_over<ipv4_address>(to, destination.v4(), size, fill);
    return write_over<ipv6_address>(to, destination.v6(), size, fill);
  }

  result<void, v1::net_error> join(const ip_address& group, std::uint32_t interface) {
    if (!group.is_multicast()) return fail(v1::net_error::no_route);
    return change_membership(group, interface,
                             [](auto& ip, const auto&... where) { return ip.join(where...); });
  }
  void leave(const ip_address& group, std::uint32_t interface) {
    static_cast<void>(change_membership(group, interface, [](auto& ip, const auto&... where) {
      ip.leave(where...);
      return result<void, v1::net_error>{};
    }));
  }

  // ---- The stack's ----

  /// A datagram with its header. Its bytes are taken where the outcome is `taken` and left otherwise, so that
  /// an ICMP error can quote them.
  template <class Address>
  udp_outcome input(const v1::ip_header<Address>& head, buffer& datagram, const v1::received& how) {
    const std::uint16_t addresses = checksum::pseudo_header(head.source, head.destination, protocol, 0);
    constexpr bool needs_checksum = std::same_as<Address, ipv6_address>;
    const udp_reading known =
        read_udp(datagram.view(), addresses, how.checksum_verified, needs_checksum, how.segment != 0);
    if (known.kind == udp_kind::malformed) return drop(malformed_);
    if (known.kind == udp_kind::bad_checksum) return drop(bad_checksum_);
    const endpoint local{head.destination, known.destination};
    udp_ports::listener* const listener = ports_.find(local);
    if (listener == nullptr) {
      ++nobody_listens_;
      return udp_outcome::nobody_listens;
    }
    datagram.truncate(known.length);
    datagram.drop_front(udp_header::size);
    deliver(*listener, {std::move(datagram), {head.source, known.source}, local, head.interface, head.ttl},
            how.segment);
    return udp_outcome::taken;
  }

  /// Whether a report is of a datagram that somebody here may have sent: one from a port that is listened on
  /// (RFC 5927 §4 asks as much of TCP). `quoted` begins with the header.
  template <class Address>
  [[nodiscard]] bool believes(const v1::icmp_report<Address>& report) noexcept {
    return report.quoted.size() >= udp_header::size &&
           ports_.find({report.about.source, load_be16(report.quoted.data())}) != nullptr;
  }

  /// What has gathered goes out.
  void batch_end() noexcept { flush(); }

 private:
  static constexpr std::size_t greatest_payload = 65507;  // with the headers of IPv4, 65535
  static constexpr auto protocol = static_cast<std::uint8_t>(v1::ip_protocol::udp);
  // Less than this is copied out of the memory in which it gathered, so that that can be used again at once;
  // so is what does not lie there in one piece.
  static constexpr std::size_t worth_keeping = 2048;
  template <class Address>
  static constexpr std::size_t headers = (Address::size == 4 ? 20 : 40) + udp_header::size;

  template <class Address>
  [[nodiscard]] static Address as(const ip_address& address) noexcept {
    if constexpr (Address::size == 4)
      return address.v4();
    else
      return address.v6();
  }
  template <class Address, class First, class... Rest>
  [[nodiscard]] static auto& pick(First& first, Rest&... rest) noexcept {
    if constexpr (std::same_as<typename First::address, Address>)
      return first;
    else
      return pick<Address>(rest...);
  }
  template <class Address>
  [[nodiscard]] auto& ip_of() noexcept {
    return std::apply([](auto&... ips) -> auto& { return pick<Address>(ips...); }, ips_);
  }

  result<void, v1::net_error> refuse(counter& why, v1::net_error error) noexcept {
    ++why;
    return fail(error);
  }
  static udp_outcome drop(counter& why) noexcept {
    ++why;
    return udp_outcome::dropped;
  }

  // ---- Addresses ----

  template <class Address, class Ip_>
  [[nodiscard]] static bool is_own(Ip_& ip, const Address& address) noexcept {
    return address.is_loopback() || std::ranges::find(ip.addresses(), address) != ip.addresses().end();
  }
  [[nodiscard]] bool can_listen_at(const ip_address& address) noexcept {
    if (address.is_unspecified()) return true;
    const auto over = [&]<class Address>(const Address& one) {
      if constexpr (how_many<Address> == 0)
        return false;
      else
        return one.is_multicast() || is_own(ip_of<Address>(), one);
    };
    return address.is_v4() ? over(address.v4()) : over(address.v6());
  }
  template <class Change>
  result<void, v1::net_error> change_membership(const ip_address& group, std::uint32_t interface,
                                                Change change) {
    const auto over = [&]<class Address>(const Address& one) -> result<void, v1::net_error> {
      if constexpr (how_many<Address> != 0) {
        auto& ip = ip_of<Address>();
        if constexpr (requires { ip.join(one, interface); })
          return change(ip, one, interface);
        else if constexpr (requires { ip.join(one); })
          if (interface == 0 || interface == ip.interface()) return change(ip, one);
      }
      return fail(v1::net_error::no_route);
    };
    return group.is_v4() ? over(group.v4()) : over(group.v6());
  }
  // An answer is written from where the question came to; if that was a group or a broadcast, from the usual
  // address.
  template <class Address, class Ip_>
  [[nodiscard]] static Address source_of(Ip_& ip, const ip_address& wanted, const Address& usual) noexcept {
    if (wanted.is_unspecified() || wanted.is_multicast()) return usual;
    const Address one = as<Address>(wanted);
    if constexpr (requires { ip.is_broadcast(one); })
      if (ip.is_broadcast(one)) return usual;
    return one;
  }
  /// `from` is of the same family as `to`, or unspecified.
  template <class Address, class Ip_>
  [[nodiscard]] static auto route_from(Ip_& ip, const Address& to, const ip_address& from,
                                       std::uint32_t interface) {
    if constexpr (v1::ip_route_from<Ip_>)
      return ip.route(to, source_of(ip, from, Address{}), interface);
    else
      return ip.route(to);
  }
  [[nodiscard]] std::uint16_t ephemeral_port() const noexcept {
    constexpr std::uint16_t first = 49152;
    std::uint16_t port = 0;
    for (int tries = 0; tries < 32; ++tries) {
      port = static_cast<std::uint16_t>(first + os::random64() % (65536 - first));
      if (!ports_.is_used(port)) break;
    }
    return port;
  }

  /// What was written outside of a batch goes out at the end of the round.
  struct end_of_round final : doorbell {
    explicit end_of_round(udp& of) noexcept : device(of) {}
    void ring() noexcept override { device.flush(); }
    udp& device;
  };

  // ---- Sending ----

  template <class Address, class Fill>
  result<void, v1::net_error> write_over(const v1::datagram_route& to, const Address& destination,
                                         std::size_t size, Fill& fill) {
    if constexpr (how_many<Address> == 0) {
      return refuse(no_route_, v1::net_error::no_route);
    } else {
      auto& ip = ip_of<Address>();
      const ip_address from = to.source.address;
      if (!from.is_unspecified() && from.is_v4() != to.destination.address.is_v4())
        return refuse(no_route_, v1::net_error::no_route);
      auto route = route_from(ip, destination, from, to.interface);
      if (!route) return refuse(no_route_, route.error());
      const datagram_way way{
          {source_of(ip, from, route->source), to.source.port != 0 ? to.source.port : ephemeral_port()},
          to.destination,
          to.interface,
          to.ttl,
          to.unordered};
      if (route->device.datagram_bytes != 0 && size + headers<Address> <= route->mtu)
        return gather(way, route->device, size, fill);
      flush();
      return send<Address>(way, route->device, {.header = size}, fill, {});
    }
  }

  /// `how.header`: bytes that `fill` writes behind the UDP header. There are either those or slices.
  template <class Address>
  result<void, v1::net_error> send(const datagram_way& way, const v1::capabilities& device, v1::transmit how,
                                   any_fill fill, buffer_list slices) {
    const auto source = as<Address>(way.source.address);
    const auto destination = as<Address>(way.destination.address);
    const bool ask = device.transmit_checksum;
    const std::size_t behind = total_size(slices);
    const std::uint16_t sum_behind = ask ? std::uint16_t{0} : checksum::sum_of({}, slices);
    how.header += udp_header::size;
    how.checksum_offset = ask ? udp_header::checksum_offset : 0;
    auto headed = [&](bytes datagram) noexcept {
      const std::size_t size = udp_header::size + fill(datagram.subspan(udp_header::size));
      const auto length = static_cast<std::uint16_t>(size + behind);
      const std::uint16_t pseudo = checksum::pseudo_header(source, destination, protocol, length);
      udp_header::write(datagram, way.source.port, way.destination.port, length,
                        ask ? pseudo : std::uint16_t{0});
      if (ask) return size;
      const std::uint16_t sum = checksum::add(checksum::sum_of(datagram.first(size)), sum_behind);
      store_be16(&datagram[udp_header::checksum_offset],
                 checksum::finish_not_zero(checksum::add(pseudo, sum)));
      return size;
    };
    const v1::ip_header<Address> head{.source = source,
                                      .destination = destination,
                                      .protocol = v1::ip_protocol::udp,
                                      .ttl = way.ttl,
                                      .interface = way.interface};
    auto sent = ip_of<Address>().write(head, how, headed, std::move(slices));
    if (!sent) return refuse(not_sent_, sent.error());
    ++sent_;
    return {};
  }

  template <class Fill>
  result<void, v1::net_error> gather(const datagram_way& way, const v1::capabilities& device,
                                     std::size_t size, Fill& fill) {
    if (gathering_ != nullptr && !gathering_->has_room(size)) flush();
    if (gathering_ == nullptr) gathering_ = std::make_unique<datagram_gathering>();
    const bytes room = gathering_->room(size);
    if (room.data() == nullptr) return refuse(no_memory_, v1::net_error::full);
    gathering_->add(way, fill(room), std::min<std::size_t>(device.datagram_bytes, greatest_payload));
    os::here->tasks.ring_later(bell_);
    return {};
  }

  void flush() noexcept {
    if (gathering_ == nullptr || gathering_->empty()) return;
    // Who is sent to may be here and write at once.
    auto leaving = std::exchange(gathering_, nullptr);
    leaving->send_all([&](const datagram_way& way, datagram_gathering::group group) {
      const auto sent = way.destination.address.is_v4() ? send_group<ipv4_address>(*leaving, way, group)
                                                        : send_group<ipv6_address>(*leaving, way, group);
      if (!sent) lost_ += group.size();
    });
    if (gathering_ == nullptr) gathering_ = std::move(leaving);
  }

  template <class Address>
  result<void, v1::net_error> send_group(const datagram_gathering& from, const datagram_way& way,
                                         datagram_gathering::group group) noexcept {
    if constexpr (how_many<Address> == 0) {
      return fail(v1::net_error::no_route);
    } else {
      MIRAGE_TRY(const auto route, route_from(ip_of<Address>(), as<Address>(way.destination.address),
                                              way.source.address, way.interface));
      v1::transmit how;
      if (group.size() > 1) {
        how.segment = static_cast<std::uint16_t>(group.front().length);
        how.kind = v1::transmit::cut::udp;
        ++segmented_;
      }
      how.header = 0;
      for (const waiting_datagram& each : group) how.header += each.length;
      if (how.header > worth_keeping) {
        if (buffer piece = from.piece(group)) {
          how.header = 0;
          buffer_list slices;
          slices.push_back(std::move(piece));
          auto nothing = [](bytes) noexcept { return std::size_t{0}; };
          return send<Address>(way, route.device, how, nothing, std::move(slices));
        }
      }
      auto copy = [&](bytes to) noexcept { return from.copy(group, to.data()); };
      return send<Address>(way, route.device, how, copy, {});
    }
  }

  // ---- Receiving ----

  void deliver(udp_ports::listener& listener, v1::datagram&& came, std::uint16_t segment) {
    udp_ports::delivery handler(ports_, listener);
    if (segment == 0 || came.payload.size() <= segment) {
      ++received_;
      return handler(std::move(came));
    }
    for (std::size_t at = 0; at < came.payload.size(); at += segment) {
      ++received_;
      handler({came.payload.slice(at, segment), came.source, came.destination, came.interface, came.ttl});
    }
  }

  std::string_view name_;
  std::tuple<Ip&...> ips_;
  udp_ports ports_;
  std::unique_ptr<datagram_gathering> gathering_;  // none: nothing has been gathered yet
  end_of_round bell_{*this};

  metric_label label_{"device", name_};
  counter received_{label_, "udp_received_datagrams_total", "Datagrams given to a handler"};
  counter sent_{label_, "udp_sent_packets_total", "Packets that IP took, each of one datagram or more"};
  counter segmented_{label_, "udp_segmented_sends_total", "Packets that the device cuts into datagrams"};
  counter malformed_{label_, "udp_dropped_total", {"reason", "malformed"}, "Datagrams that were dropped"};
  counter bad_checksum_{label_, "udp_dropped_total", {"reason", "bad_checksum"}};
  counter nobody_listens_{label_, "udp_dropped_total", {"reason", "nobody_listens"}};
  counter lost_{label_, "udp_dropped_total", {"reason", "send_failed"}};
  counter not_sent_{label_, "udp_refused_total", {"reason", "ip"}, "Packets that were not taken"};
  counter no_route_{label_, "udp_refused_total", {"reason", "no_route"}};
  counter too_long_{label_, "udp_refused_total", {"reason", "too_long"}};
  counter no_memory_{label_, "udp_refused_total", {"reason", "memory"}};
};

}  // namespace mirage
