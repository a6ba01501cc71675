// SPDX-License-Identifier: ISC
// ICMP for IPv4, the least that meets `v1::icmp` (RFC 792): echo, and the reports that concern a sender. It
// answers every echo request: there is no limit of the rate.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/when.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

namespace detail {

/// RFC 1071: 0xffff where the sum over data that holds its checksum is right.
[[nodiscard]] inline std::uint16_t internet_sum(cbytes data) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < data.size(); ++i)
    sum += std::to_integer<std::uint32_t>(data[i]) << (i % 2 == 0 ? 8 : 0);
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

}  // namespace detail

/// `v1::icmp` over any IPv4.
template <v1::ip Ip>
  requires std::same_as<typename Ip::address, ipv4_address>
class icmp {
 public:
  using address = ipv4_address;
  using header = v1::ip_header<ipv4_address>;

  explicit icmp(Ip& ip, std::string_view name = "memory_icmp") noexcept : name_(name), ip_(ip) {}
  icmp(const icmp&) = delete;
  icmp& operator=(const icmp&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  task<result<duration, v1::net_error>> ping(ipv4_address to, std::size_t payload, duration limit) {
    const std::uint16_t sequence = ++last_sequence_;
    pending waiting(*this, sequence);
    const instant sent = os::now();
    MIRAGE_CO_TRY_VOID(send({.destination = to, .protocol = v1::ip_protocol::icmp}, echo_request,
                            {identifier_, sequence}, payload, {}));
    auto answered = co_await with_timeout(limit, wait_for(waiting.answered));
    if (!answered) co_return fail(v1::net_error::unreachable);
    co_return os::now() - sent;
  }

  template <class Up>
  void input(const header& from, buffer&& message, Up& up) {
    const std::byte* p = message.data();
    if (message.size() < 8 || detail::internet_sum(message.view()) != 0xffff) return drop();
    const auto type = std::to_integer<std::uint8_t>(p[0]);
    const auto code = std::to_integer<std::uint8_t>(p[1]);
    const std::uint16_t high = load_be16(p + 4);
    const std::uint16_t low = load_be16(p + 6);
    message.drop_front(8);
    if (type == echo_request && code == 0) {
      if (from.destination.is_multicast()) return drop();
      const header back{
          .source = from.destination, .destination = from.source, .protocol = v1::ip_protocol::icmp};
      if (!send(back, echo_reply, {high, low}, 0, message.view())) drop();
    } else if (type == echo_reply && code == 0) {
      if (high == identifier_) answer(low);
    } else if (type == unreachable || type == time_exceeded) {
      report(type, code, low, message.view(), up);
    } else {
      drop();
    }
  }

 private:
  static constexpr std::uint8_t echo_reply = 0;
  static constexpr std::uint8_t unreachable = 3;
  static constexpr std::uint8_t echo_request = 8;
  static constexpr std::uint8_t time_exceeded = 11;

  struct words {
    std::uint16_t high;
    std::uint16_t low;
  };
  /// A ping that waits; in the list for as long as it does.
  struct pending {
    pending(icmp& in, std::uint16_t number) : owner(in), sequence(number) { owner.pending_.push_back(this); }
    pending(const pending&) = delete;
    pending& operator=(const pending&) = delete;
    ~pending() { std::erase(owner.pending_, this); }
    icmp& owner;
    std::uint16_t sequence;
    event answered;
  };

  static task<> wait_for(event& happened) { co_await happened; }

  void answer(std::uint16_t sequence) noexcept {
    for (pending* each : pending_)
      if (each->sequence == sequence) each->answered.set();
  }

  /// Sends `zeros` zeros, or `payload`, behind the eight bytes of the header.
  result<void, v1::net_error> send(const header& to, std::uint8_t type, words what, std::size_t zeros,
                                   cbytes payload) {
    const std::size_t size = 8 + zeros + payload.size();
    auto fill = [=](bytes message) noexcept {
      std::byte* p = message.data();
      std::fill_n(p, size, std::byte{0});
      p[0] = std::byte{type};
      store_be16(p + 4, what.high);
      store_be16(p + 6, what.low);
      std::ranges::copy(payload, p + 8);
      store_be16(p + 2, static_cast<std::uint16_t>(~detail::internet_sum(message.first(size))));
      return size;
    };
    return ip_.write(to, {.header = size}, fill, {});
  }

  template <class Up>
  void report(std::uint8_t type, std::uint8_t code, std::uint16_t mtu, cbytes packet, Up& up) {
    if (packet.size() < 20) return drop();
    const std::byte* p = packet.data();
    const std::size_t header_size = std::size_t{4} * (std::to_integer<std::size_t>(p[0]) & 15);
    if (std::to_integer<unsigned>(p[0]) >> 4 != 4 || header_size < 20 || packet.size() < header_size + 8)
      return drop();
    using kind = typename v1::icmp_report<ipv4_address>::kind;
    v1::icmp_report<ipv4_address> made;
    made.about.source = ipv4_address::load(p + 12);
    made.about.destination = ipv4_address::load(p + 16);
    made.about.protocol = static_cast<v1::ip_protocol>(p[9]);
    made.about.ttl = std::to_integer<std::uint8_t>(p[8]);
    made.about.dont_fragment = (std::to_integer<unsigned>(p[6]) & 0x40) != 0;
    made.quoted = packet.subspan(header_size);
    made.what = type == time_exceeded ? kind::expired
                : code == 3           ? kind::port_unreachable
                : code == 4           ? kind::too_long
                                      : kind::unreachable;
    if (made.what == kind::too_long) made.mtu = mtu;
    // Only of what we have sent can anything be reported.
    if (std::ranges::find(ip_.addresses(), made.about.source) == ip_.addresses().end()) return drop();
    up.reported(made);
  }

  void drop() noexcept { ++dropped_; }

  std::string_view name_;
  Ip& ip_;
  std::uint16_t identifier_ = static_cast<std::uint16_t>(os::random64());
  std::uint16_t last_sequence_ = 0;
  std::vector<pending*> pending_;
  counter dropped_{"icmp_dropped_total", {{"device", name_}}, "Messages that are malformed or of no use"};
};

}  // namespace mirage::memory
