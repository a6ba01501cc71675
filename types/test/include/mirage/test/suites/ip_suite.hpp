// SPDX-License-Identifier: ISC
// `v1::ip`: what arrives of a packet, routes, and what is refused. It looks at two ends and not at the wire:
// the format is the protocol's own matter.
//
// The subject, besides what suite.hpp asks for:
//   using ip = ...;                        the implementation under test
//   ip& near();                            one end ...
//   ip& far();                             ... and the other: a packet that comes there goes to `at_far()`
//   recording_protocols<address>& at_far();
//   address nowhere();                     an address without a route
//   std::uint32_t path_mtu();              of the path between the two
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/ethernet_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// Notes which protocol was called with what.
template <class Address>
struct recording_protocols {
  using header = v1::ip_header<Address>;
  struct packet {
    std::string protocol;
    header from;
    std::string payload;
  };
  void tcp(const header& from, buffer&& payload, const v1::received&) { note("tcp", from, payload); }
  void udp(const header& from, buffer&& payload, const v1::received&) { note("udp", from, payload); }
  void icmp(const header& from, buffer&& payload, const v1::received&) { note("icmp", from, payload); }
  void note(const char* protocol, const header& from, const buffer& payload) {
    packets.push_back({protocol, from, std::string(payload.text())});
  }
  std::vector<packet> packets;
};

template <class Subject>
class ip_suite {
  using ip = typename Subject::ip;
  static_assert(v1::ip<ip>);
  using address = typename ip::address;
  using header = v1::ip_header<address>;

 public:
  explicit ip_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device_with_an_address() {
    expect_device(subject.near());
    ASSERT_FALSE(subject.near().addresses().empty());
    for (const address& each : subject.near().addresses()) {
      EXPECT_FALSE(each.is_unspecified());
      EXPECT_FALSE(each.is_multicast());
    }
  }

  task<> a_packet_arrives_with_its_header() {
    auto sent = write({.destination = there(), .protocol = v1::ip_protocol::udp}, "payload");
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(1));
    const auto& came = subject.at_far().packets[0];
    EXPECT_EQ(came.protocol, "udp");
    EXPECT_EQ(came.payload, "payload");
    EXPECT_EQ(came.from.source, here()) << "the source is chosen";
    EXPECT_EQ(came.from.destination, there());
    EXPECT_EQ(came.from.ttl, 64);
    EXPECT_EQ(came.from.traffic_class, 0);
  }

  task<> what_the_sender_says_is_in_the_header() {
    auto sent = write({.source = here(),
                       .destination = there(),
                       .protocol = v1::ip_protocol::udp,
                       .ttl = 7,
                       .traffic_class = 0xb9},
                      "x");
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(1));
    EXPECT_EQ(subject.at_far().packets[0].from.ttl, 7);
    EXPECT_EQ(subject.at_far().packets[0].from.traffic_class, 0xb9);
  }

  task<> each_protocol_is_told_apart() {
    constexpr auto control = address::size == 4 ? v1::ip_protocol::icmp : v1::ip_protocol::icmpv6;
    for (const auto protocol : {v1::ip_protocol::tcp, control, v1::ip_protocol::udp}) {
      auto sent = write({.destination = there(), .protocol = protocol}, std::string(40, 'x'));
      EXPECT_EQ(outcome(sent), "ok");
    }
    MIRAGE_CO_ASSERT(co_await arrived(3));
    EXPECT_EQ(subject.at_far().packets[0].protocol, "tcp");
    EXPECT_EQ(subject.at_far().packets[1].protocol, "icmp");
    EXPECT_EQ(subject.at_far().packets[2].protocol, "udp");
  }

  task<> slices_come_behind_what_was_filled_in() {
    const std::string payload = pattern(1000);
    buffer_list slices;
    slices.push_back(buffer_of(std::string_view(payload).substr(8, 300)));
    slices.push_back(buffer_of(std::string_view(payload).substr(308)));
    auto sent = subject.near().write({.destination = there()}, {.header = 8},
                                     fill_with(std::string_view(payload).substr(0, 8)), std::move(slices));
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(1));
    EXPECT_TRUE(subject.at_far().packets[0].payload == payload);
  }

  task<> what_is_longer_than_the_path_arrives_whole() {
    for (const std::size_t size :
         {std::size_t{subject.path_mtu()} + 1, std::size_t{5000}, std::size_t{40'000}}) {
      const std::string payload = pattern(size);
      subject.at_far().packets.clear();
      auto sent = write({.destination = there()}, payload);
      EXPECT_EQ(outcome(sent), "ok") << size;
      MIRAGE_CO_ASSERT(co_await arrived(1));
      EXPECT_TRUE(subject.at_far().packets[0].payload == payload) << size;
    }
  }

  task<> what_must_not_be_cut_is_too_long() {
    bool filled = false;
    auto fill = [&filled](bytes to) noexcept {
      filled = true;
      return to.size();
    };
    const std::size_t size = subject.path_mtu() + 1;
    auto sent =
        subject.near().write({.destination = there(), .dont_fragment = true}, {.header = size}, fill, {});
    EXPECT_EQ(error_of(sent), v1::net_error::too_long);
    sent = subject.near().write({.destination = there()}, {.header = 70'000}, fill, {});
    EXPECT_EQ(error_of(sent), v1::net_error::too_long);
    EXPECT_FALSE(filled);
    // What just fits goes.
    const std::string payload = pattern(subject.path_mtu() - (address::size == 4 ? 20 : 40));
    sent = write({.destination = there(), .dont_fragment = true}, payload);
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(1));
    EXPECT_TRUE(subject.at_far().packets[0].payload == payload);
  }

  void a_route_has_its_source_and_mtu() {
    auto route = subject.near().route(there());
    ASSERT_TRUE(route.has_value()) << outcome(route);
    EXPECT_EQ(route->source, here());
    EXPECT_EQ(route->mtu, subject.path_mtu());
  }

  void nowhere_has_no_route() {
    auto route = subject.near().route(subject.nowhere());
    EXPECT_EQ(error_of(route), v1::net_error::no_route);
    bool filled = false;
    auto fill = [&filled](bytes to) noexcept {
      filled = true;
      return to.size();
    };
    buffer slice = buffer_of("slice");
    buffer_list slices;
    slices.push_back(slice.share());
    auto sent =
        subject.near().write({.destination = subject.nowhere()}, {.header = 8}, fill, std::move(slices));
    EXPECT_EQ(error_of(sent), v1::net_error::no_route);
    EXPECT_FALSE(filled);
    EXPECT_TRUE(slice.unique());
  }

  void malformed_packets_are_dropped() {
    recording_protocols<address> up;
    subject.far().input(buffer{}, {}, up);
    for (unsigned seed = 0; seed < 1000; ++seed)
      subject.far().input(buffer_of(pattern(seed % 100, seed)), {}, up);
    EXPECT_TRUE(up.packets.empty());
  }

  static std::vector<suite_test<ip_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(ip_suite, it_is_a_device_with_an_address),
        MIRAGE_SUITE_TEST(ip_suite, a_packet_arrives_with_its_header),
        MIRAGE_SUITE_TEST(ip_suite, what_the_sender_says_is_in_the_header),
        MIRAGE_SUITE_TEST(ip_suite, each_protocol_is_told_apart),
        MIRAGE_SUITE_TEST(ip_suite, slices_come_behind_what_was_filled_in),
        MIRAGE_SUITE_TEST(ip_suite, what_is_longer_than_the_path_arrives_whole),
        MIRAGE_SUITE_TEST(ip_suite, what_must_not_be_cut_is_too_long),
        MIRAGE_SUITE_TEST(ip_suite, a_route_has_its_source_and_mtu),
        MIRAGE_SUITE_TEST(ip_suite, nowhere_has_no_route),
        MIRAGE_SUITE_TEST(ip_suite, malformed_packets_are_dropped),
    };
  }

 private:
  [[nodiscard]] address here() { return subject.near().addresses().front(); }
  [[nodiscard]] address there() { return subject.far().addresses().front(); }
  result<void, v1::net_error> write(const header& to, std::string_view payload) {
    return subject.near().write(to, {.header = payload.size()}, fill_with(payload), {});
  }
  task<bool> arrived(std::size_t count) {
    for (int i = 0; i < 100 && subject.at_far().packets.size() < count; ++i)
      co_await sleep_for(a_while / 100);
    EXPECT_EQ(subject.at_far().packets.size(), count);
    co_return subject.at_far().packets.size() == count;
  }
};

}  // namespace mirage::test
