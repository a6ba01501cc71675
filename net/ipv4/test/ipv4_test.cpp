// SPDX-License-Identifier: ISC
#include "mirage/ipv4.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/suites/arp_suite.hpp"
#include "wired_hosts.hpp"

namespace mirage {
namespace {

using internet = test::wired_host::internet;
using header = v1::ip_header<ipv4_address>;
static_assert(v1::ip<internet>);

struct subject : private test::wired_hosts {
  using ip = internet;
  using wired_hosts::a_while;
  using wired_hosts::run;
  ip& near() { return wired_hosts::near.ip; }
  ip& far() { return wired_hosts::far.ip; }
  auto& at_far() { return wired_hosts::far.seen; }
  static ipv4_address nowhere() { return "192.0.2.1"; }
  static std::uint32_t path_mtu() { return 1500; }
};
MIRAGE_CONFORMANCE(ip_suite, net, subject);

constexpr ipv4_address here = "10.0.0.1";
constexpr ipv4_address there = "10.0.0.2";

struct ipv4_hosts : testing::Test, test::wired_hosts {
  result<void, v1::net_error> write(const header& to, std::string_view payload,
                                    const v1::transmit& how = {}) {
    v1::transmit full = how;
    full.header = payload.size();
    auto sent = near.ip.write(to, full, test::fill_with(payload), {});
    node.settle();
    return sent;
  }
  /// As if it came from the wire.
  void inject(const ipv4_fields& fields, std::string_view payload, const v1::received& how = {}) {
    buffer packet = buffer::allocate(ipv4_header::size + payload.size());
    ipv4_fields full = fields;
    full.total_length = static_cast<std::uint16_t>(packet.size());
    ipv4_header::write(packet.writable(), full);
    std::ranges::copy(as_bytes(payload), packet.writable().begin() + ipv4_header::size);
    far.ip.input(std::move(packet), how, far);
  }
};

TEST_F(ipv4_hosts, broadcasts_and_groups_need_no_neighbour) {
  for (const ipv4_address to :
       {ipv4_address("255.255.255.255"), ipv4_address("10.0.0.255"), ipv4_address("224.0.0.1")}) {
    EXPECT_EQ(test::outcome(write({.destination = to}, "all")), "ok");
    ASSERT_EQ(far.seen.packets.size(), 1u);
    EXPECT_EQ(far.seen.packets[0].from.destination, to);
    EXPECT_EQ(far.seen.packets[0].from.source, here);
    EXPECT_EQ(far.seen.packets[0].from.ttl, to.is_multicast() ? 1 : 64);
    far.seen.packets.clear();
  }
}

// RFC 9293 §3.9.2.3: whoever must not answer it (MUST-57) is told.
TEST_F(ipv4_hosts, a_broadcast_is_told_as_one_though_the_frame_was_for_us_alone) {
  std::vector<bool> told;
  far.on_tcp = [&](const header&, buffer&&, const v1::received& how) { told.push_back(how.group); };
  for (const ipv4_address to : {ipv4_address("10.0.0.255"), ipv4_address("255.255.255.255"), there})
    inject({.source = here, .destination = to, .protocol = 6}, "x");
  inject({.source = here, .destination = "10.0.0.255", .protocol = 6, .more_fragments = true}, "12345678");
  inject({.source = here, .destination = "10.0.0.255", .protocol = 6, .fragment_offset = 8}, "9");
  EXPECT_EQ(told, (std::vector<bool>{true, true, false, true}));
}

TEST_F(ipv4_hosts, a_router_passes_packets_of_others_on_as_they_are) {
  const auto pass_on = [&](ipv4_address to) {
    auto fill = [to](bytes packet) noexcept {
      ipv4_header::write(packet, {.source = "192.0.2.1",
                                  .destination = to,
                                  .protocol = 17,
                                  .ttl = 3,
                                  .total_length = 24,
                                  .identification = 77});
      std::ranges::copy(as_bytes("data"), packet.begin() + ipv4_header::size);
      return std::size_t{24};
    };
    auto sent = near.ip.write_packet(to, {.header = 24}, fill, {});
    node.settle();
    return test::outcome(sent);
  };
  EXPECT_EQ(pass_on(there), "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].from.source, ipv4_address("192.0.2.1"));
  EXPECT_EQ(far.seen.packets[0].from.ttl, 3);
  EXPECT_EQ(far.seen.packets[0].payload, "data");
  for (const ipv4_address no : {here, ipv4_address("10.0.0.255"), ipv4_address("224.0.0.1"),
                                ipv4_address("198.51.100.1"), ipv4_address::loopback()})
    EXPECT_EQ(pass_on(no), "no route to the address");
}

TEST_F(ipv4_hosts, a_group_is_heard_between_join_and_leave) {
  constexpr ipv4_address group = "239.1.2.3";
  const header to{.destination = group};
  EXPECT_TRUE(write(to, "1").has_value());
  EXPECT_TRUE(far.ip.join(group).has_value());
  EXPECT_TRUE(far.ip.join(group).has_value());
  EXPECT_TRUE(write(to, "2").has_value());
  far.ip.leave(group);
  EXPECT_TRUE(write(to, "3").has_value());
  far.ip.leave(group);
  EXPECT_TRUE(write(to, "4").has_value());
  ASSERT_EQ(far.seen.packets.size(), 2u);
  EXPECT_EQ(far.seen.packets[0].payload, "2");
  EXPECT_EQ(far.seen.packets[1].payload, "3");
  EXPECT_EQ(test::error_of(far.ip.join(there)), v1::net_error::no_route);
}

TEST_F(ipv4_hosts, we_can_speak_to_ourselves) {
  for (const ipv4_address to : {here, ipv4_address::loopback()}) {
    EXPECT_EQ(test::outcome(write({.destination = to}, "echo")), "ok");
    ASSERT_EQ(near.seen.packets.size(), 1u);
    EXPECT_EQ(near.seen.packets[0].from.source, to);
    EXPECT_EQ(near.seen.packets[0].from.destination, to);
    EXPECT_EQ(near.seen.packets[0].payload, "echo");
    near.seen.packets.clear();
  }
  EXPECT_TRUE(far.seen.packets.empty());
  EXPECT_EQ(near.ip.route(here)->mtu, 65535u);
  for (std::size_t i = 0; i < ip_loopback::most_packets; ++i)
    EXPECT_TRUE(near.ip.write({.destination = here}, {.header = 1}, test::fill_with("x"), {}).has_value());
  EXPECT_EQ(test::error_of(near.ip.write({.destination = here}, {.header = 1}, test::fill_with("x"), {})),
            v1::net_error::full);
  node.settle();
  EXPECT_EQ(near.seen.packets.size(), ip_loopback::most_packets);
}

TEST_F(ipv4_hosts, we_send_only_from_what_is_ours) {
  EXPECT_EQ(test::error_of(write({.source = "10.0.0.77", .destination = there}, "x")),
            v1::net_error::no_route);
  EXPECT_EQ(test::error_of(write({.destination = there, .interface = 2}, "x")), v1::net_error::no_route);
  EXPECT_EQ(test::outcome(write({.destination = there, .interface = 1}, "x")), "ok");
}

TEST_F(ipv4_hosts, without_an_address_only_all_can_be_spoken_to) {
  near.ip.remove_address(here);
  EXPECT_EQ(test::error_of(write({.destination = there}, "x")), v1::net_error::no_route);
  EXPECT_EQ(test::outcome(write({.destination = ipv4_address::broadcast()}, "discover")), "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_TRUE(far.seen.packets[0].from.source.is_unspecified());
}

TEST_F(ipv4_hosts, a_gateway_is_where_others_are_sent) {
  EXPECT_TRUE(near.ip.add_route({}, there));
  EXPECT_TRUE(far.ip.add_address("192.0.2.1/32"));
  EXPECT_EQ(test::outcome(write({.destination = "192.0.2.1"}, "far")), "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  near.ip.remove_route({});
  EXPECT_EQ(test::error_of(write({.destination = "192.0.2.1"}, "far")), v1::net_error::no_route);
}

TEST_F(ipv4_hosts, a_narrow_path_makes_smaller_fragments) {
  near.ip.packet_too_long(there, 600, 1500);
  EXPECT_EQ(near.ip.route(there)->mtu, 600u);
  EXPECT_EQ(test::error_of(write({.destination = there, .dont_fragment = true}, std::string(1000, 'x'))),
            v1::net_error::too_long);
  EXPECT_EQ(test::outcome(write({.destination = there}, test::pattern(1000))), "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_TRUE(far.seen.packets[0].payload == test::pattern(1000));
}

TEST_F(ipv4_hosts, a_checksum_that_was_asked_for_is_filled_in_before_the_cut) {
  std::string payload = test::pattern(3000);
  payload.replace(6, 2, std::string(2, '\0'));
  EXPECT_EQ(
      test::outcome(write({.destination = there}, payload, {.checksum_start = 0, .checksum_offset = 6})),
      "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(checksum::sum_of(as_bytes(far.seen.packets[0].payload)), checksum::verified);
}

TEST_F(ipv4_hosts, the_header_is_in_hand_while_a_packet_is_handed_up) {
  std::string held;
  far.on_udp = [&](const header&, buffer&&, const v1::received&) { held = as_text(far.ip.header_in_hand()); };
  EXPECT_TRUE(write({.destination = there}, "x").has_value());
  ASSERT_EQ(held.size(), 20u);
  EXPECT_EQ(held.substr(12), test::raw(here) + test::raw(there));
  held.clear();
  EXPECT_TRUE(write({.destination = there}, std::string(4000, 'x')).has_value());
  ASSERT_EQ(held.size(), 20u);
  EXPECT_TRUE(ipv4_header::of(as_bytes(held + std::string(1480, 'x')))) << "that of the first fragment";
  EXPECT_TRUE(far.ip.header_in_hand().empty());
}

TEST_F(ipv4_hosts, what_cannot_be_handed_up_is_told) {
  std::vector<ipv4_undeliverable::reason> told;
  far.ip.on_undeliverable([&told](const ipv4_undeliverable& what) {
    told.push_back(what.why);
    EXPECT_EQ(what.header.source, here);
    EXPECT_EQ(what.header_bytes.size(), 20u);
    EXPECT_EQ(as_text(what.payload.first(8)), "12345678");
  });
  inject({.source = here, .destination = there, .protocol = 132}, "12345678");
  EXPECT_EQ(told, std::vector{ipv4_undeliverable::reason::unknown_protocol});
  told.clear();
  inject({.source = here, .destination = there, .protocol = 17, .more_fragments = true}, "12345678");
  node.advance(59s);
  EXPECT_TRUE(told.empty());
  node.advance(2s);
  EXPECT_EQ(told, std::vector{ipv4_undeliverable::reason::reassembly_time});
  inject({.source = here, .destination = ipv4_address::broadcast(), .protocol = 132}, "12345678",
         {.group = true});
  EXPECT_EQ(told.size(), 1u) << "what was sent to all is not answered";
}

TEST_F(ipv4_hosts, padding_is_cut_off) {
  buffer packet = buffer::allocate(60);
  ipv4_header::write(packet.writable(),
                     {.source = here, .destination = there, .protocol = 17, .total_length = 23});
  std::ranges::fill(packet.writable().subspan(20), std::byte{'x'});
  far.ip.input(std::move(packet), {}, far);
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].payload, "xxx");
}

}  // namespace
}  // namespace mirage
