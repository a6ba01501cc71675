// SPDX-License-Identifier: ISC
#include "mirage/ipv6.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/suites/arp_suite.hpp"
#include "wired_ipv6_hosts.hpp"

namespace mirage {
namespace {

using namespace std::literals::string_literals;

using internet = test::wired_ipv6_host::internet;
using header = v1::ip_header<ipv6_address>;
static_assert(v1::ip<internet>);

struct subject : private test::wired_ipv6_hosts {
  using ip = internet;
  using wired_ipv6_hosts::a_while;
  using wired_ipv6_hosts::run;
  ip& near() { return wired_ipv6_hosts::near.ip; }
  ip& far() { return wired_ipv6_hosts::far.ip; }
  auto& at_far() { return wired_ipv6_hosts::far.seen; }
  static ipv6_address nowhere() { return "2001:db8:ffff::1"; }
  static std::uint32_t path_mtu() { return 1500; }
};
MIRAGE_CONFORMANCE(ip_suite, net, subject);

constexpr ipv6_address here = "2001:db8::1";
constexpr ipv6_address there = "2001:db8::2";

struct ipv6_hosts : testing::Test, test::wired_ipv6_hosts {
  result<void, v1::net_error> write(const header& to, std::string_view payload,
                                    const v1::transmit& how = {}) {
    v1::transmit full = how;
    full.header = payload.size();
    auto sent = near.ip.write(to, full, test::fill_with(payload), {});
    node.settle();
    return sent;
  }
  /// As if it came from the wire, with headers in front of the payload.
  void inject(std::uint8_t next_header, std::string_view payload, const v1::received& how = {},
              ipv6_address source = here, ipv6_address destination = there, std::uint8_t hop_limit = 64) {
    buffer packet = buffer::allocate(ipv6_header::size + payload.size());
    ipv6_header::write(packet.writable(), {.source = source,
                                           .destination = destination,
                                           .next_header = next_header,
                                           .hop_limit = hop_limit,
                                           .payload_length = static_cast<std::uint16_t>(payload.size())});
    std::ranges::copy(as_bytes(payload), packet.writable().begin() + ipv6_header::size);
    far.ip.input(std::move(packet), how, far);
  }
  static std::string fragment(std::uint8_t next, std::uint16_t offset, bool more, std::uint32_t id,
                              std::string_view payload) {
    std::string made(8, '\0');
    fragment_fields{next, offset, more, id}.write(std::as_writable_bytes(std::span(made)));
    return made + std::string(payload);
  }
};

TEST_F(ipv6_hosts, an_address_is_usable_after_detection_and_the_links_own_comes_last) {
  ASSERT_EQ(near.ip.addresses().size(), 2u);
  EXPECT_EQ(near.ip.addresses()[0], here);
  EXPECT_TRUE(near.ip.addresses()[1].is_link_local());
}

TEST_F(ipv6_hosts, rfc4862_5_4_what_somebody_has_already_is_not_used) {
  EXPECT_TRUE(near.ip.add_address("2001:db8::2/64"));
  bool settled = false;
  scope waiting;
  auto wait = [](internet& ip, bool& done) -> task<> {
    co_await ip.settled();
    done = true;
  };
  ASSERT_TRUE(waiting.spawn("wait", wait(near.ip, settled)).has_value());
  node.advance(3s);
  EXPECT_TRUE(settled);
  EXPECT_EQ(near.ip.addresses().size(), 2u);
  EXPECT_EQ(test::outcome(write({.destination = there}, "x")), "ok");
  EXPECT_EQ(far.seen.packets.size(), 1u);
}

TEST_F(ipv6_hosts, a_neighbour_of_the_link_is_reached_by_its_own_address) {
  const ipv6_address link_local = far.ip.addresses().back();
  EXPECT_EQ(test::outcome(write({.destination = link_local}, "x")), "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].from.source, near.ip.addresses().back());
}

TEST_F(ipv6_hosts, who_does_not_answer_is_unreachable_after_three_solicitations) {
  EXPECT_EQ(test::outcome(write({.destination = "2001:db8::77"}, "x")), "ok") << "it is parked";
  unsigned asked = 0;
  far.on_frame = [&](cbytes frame) { asked += frame[54] == std::byte{135} ? 1 : 0; };
  node.advance(4s);
  EXPECT_EQ(asked, 2u) << "the first one was before";
  EXPECT_EQ(test::error_of(write({.destination = "2001:db8::77"}, "x")), v1::net_error::unreachable);
  node.advance(4s);
  EXPECT_EQ(test::outcome(write({.destination = "2001:db8::77"}, "x")), "ok") << "and is tried again";
}

TEST_F(ipv6_hosts, parked_packets_have_a_cap) {
  for (std::size_t i = 0; i < 64; ++i)
    EXPECT_TRUE(
        near.ip.write({.destination = "2001:db8::77"}, {.header = 1}, test::fill_with("x"), {}).has_value());
  EXPECT_EQ(
      test::error_of(near.ip.write({.destination = "2001:db8::77"}, {.header = 1}, test::fill_with("x"), {})),
      v1::net_error::full);
}

TEST_F(ipv6_hosts, a_neighbour_in_use_is_asked_about_and_stays_known) {
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(test::outcome(write({.destination = there}, "x")), "ok");
    node.advance(1s);
  }
  EXPECT_EQ(far.seen.packets.size(), 100u);
}

TEST_F(ipv6_hosts, a_group_is_heard_between_join_and_leave) {
  constexpr ipv6_address group = "ff02::1234";
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
  EXPECT_EQ(far.seen.packets[0].from.ttl, 1);
  EXPECT_EQ(far.seen.packets[1].payload, "3");
  EXPECT_EQ(test::error_of(far.ip.join(there)), v1::net_error::no_route);
}

TEST_F(ipv6_hosts, rfc3810_5_2_a_join_is_told_to_all_mld_routers_with_a_router_alert) {
  std::vector<std::string> told;
  near.on_frame = [&](cbytes frame) { told.emplace_back(as_text(frame)); };
  EXPECT_TRUE(far.ip.join("ff0e::1234").has_value());
  node.settle();
  ASSERT_EQ(told.size(), 1u);
  const std::string packet = told[0].substr(14);
  EXPECT_EQ(told[0].substr(0, 6), "\x33\x33\0\0\0\x16"s);
  const auto fields = ipv6_header::read(as_bytes(packet).data());
  EXPECT_EQ(fields.hop_limit, 1);
  EXPECT_EQ(fields.destination, all_mld_routers);
  EXPECT_TRUE(fields.source.is_link_local());
  const header_chain chain = walk_headers(as_bytes(packet));
  EXPECT_TRUE(chain.router_alert);
  EXPECT_EQ(chain.protocol, icmpv6_header::next_header);
  EXPECT_TRUE(icmpv6_header::is_checksum_right(as_bytes(packet).subspan(chain.offset), fields.source,
                                               fields.destination));
}

TEST_F(ipv6_hosts, we_can_speak_to_ourselves) {
  for (const ipv6_address to : {here, ipv6_address::loopback()}) {
    EXPECT_EQ(test::outcome(write({.destination = to}, "echo")), "ok");
    ASSERT_EQ(near.seen.packets.size(), 1u);
    EXPECT_EQ(near.seen.packets[0].from.source, to);
    EXPECT_EQ(near.seen.packets[0].from.destination, to);
    EXPECT_EQ(near.seen.packets[0].payload, "echo");
    near.seen.packets.clear();
  }
  EXPECT_EQ(near.ip.route(here)->mtu, 65575u);
}

TEST_F(ipv6_hosts, we_send_only_from_what_is_ours) {
  EXPECT_EQ(test::error_of(write({.source = "2001:db8::77", .destination = there}, "x")),
            v1::net_error::no_route);
  EXPECT_EQ(test::error_of(write({.destination = there, .interface = 2}, "x")), v1::net_error::no_route);
  EXPECT_EQ(test::outcome(write({.destination = there, .interface = 1}, "x")), "ok");
}

TEST_F(ipv6_hosts, rfc8201_a_narrow_path_makes_smaller_fragments_and_less_than_1280_is_not_believed) {
  near.ip.packet_too_long(there, 1279, 1500);
  EXPECT_EQ(near.ip.route(there)->mtu, 1500u);
  near.ip.packet_too_long(there, 1400, 1500);
  EXPECT_EQ(near.ip.route(there)->mtu, 1400u);
  EXPECT_EQ(test::error_of(write({.destination = there, .dont_fragment = true}, std::string(1361, 'x'))),
            v1::net_error::too_long);
  EXPECT_EQ(test::outcome(write({.destination = there}, test::pattern(1361))), "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_TRUE(far.seen.packets[0].payload == test::pattern(1361));
}

TEST_F(ipv6_hosts, a_checksum_that_was_asked_for_is_filled_in_before_the_cut) {
  std::string payload = test::pattern(3000);
  payload.replace(6, 2, std::string(2, '\0'));
  EXPECT_EQ(
      test::outcome(write({.destination = there}, payload, {.checksum_start = 0, .checksum_offset = 6})),
      "ok");
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(checksum::sum_of(as_bytes(far.seen.packets[0].payload)), checksum::verified);
}

TEST_F(ipv6_hosts, rfc6437_a_flow_has_one_label_and_another_flow_has_another) {
  std::vector<std::uint32_t> labels;
  far.on_frame = [&](cbytes frame) { labels.push_back(ipv6_header::read(&frame[14]).flow_label); };
  EXPECT_TRUE(write({.destination = there}, "\x12\x34\x00\x35...."s).has_value());
  labels.clear();
  for (const auto& ports : {"\x12\x34\x00\x35...."s, "\x12\x34\x00\x35,,,,"s, "\x12\x35\x00\x35...."s})
    EXPECT_TRUE(write({.destination = there}, ports).has_value());
  ASSERT_EQ(labels.size(), 3u);
  EXPECT_NE(labels[0], 0u);
  EXPECT_EQ(labels[0], labels[1]);
  EXPECT_NE(labels[0], labels[2]);
}

TEST_F(ipv6_hosts, the_headers_are_in_hand_while_a_packet_is_handed_up) {
  std::string held;
  far.on_udp = [&](const header&, buffer&&, const v1::received&) { held = as_text(far.ip.header_in_hand()); };
  inject(60, "\x11\x00\x01\x04\0\0\0\0ports..."s);
  EXPECT_EQ(held.size(), 48u);
  EXPECT_TRUE(far.ip.header_in_hand().empty());
}

TEST_F(ipv6_hosts, rfc8200_4_5_fragments_in_any_order_make_the_packet) {
  inject(44, fragment(17, 16, false, 9, "end"));
  inject(44, fragment(17, 0, true, 9, "0123456789abcdef"));
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].protocol, "udp");
  EXPECT_EQ(far.seen.packets[0].payload, "0123456789abcdefend");
}

TEST_F(ipv6_hosts, rfc8200_4_5_headers_behind_the_fragment_header_are_walked_when_it_is_whole) {
  inject(44, fragment(60, 0, true, 9, "\x11\x00\x01\x04\0\0\0\0"s + "01234567"));
  inject(44, fragment(60, 16, false, 9, "end"));
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].payload, "01234567end");
}

TEST_F(ipv6_hosts, rfc6946_an_atomic_fragment_is_a_packet_by_itself) {
  inject(44, fragment(17, 0, true, 9, "01234567"));
  inject(44, fragment(17, 0, false, 9, "atomic.."));
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].payload, "atomic..");
}

TEST_F(ipv6_hosts, rfc5722_an_overlap_drops_the_packet) {
  inject(44, fragment(17, 0, true, 9, "0123456789abcdef"));
  inject(44, fragment(17, 8, false, 9, "overlap"));
  inject(44, fragment(17, 16, false, 9, "end"));
  EXPECT_TRUE(far.seen.packets.empty());
}

TEST_F(ipv6_hosts, rfc6980_discovery_does_not_come_in_fragments) {
  const std::size_t before = far.ip.addresses().size();
  const ndp_header from{here, there, 255};
  std::string message(32, '\0');
  message.resize(write_neighbour_solicitation(std::as_writable_bytes(std::span(message)), from, there,
                                              test::near_mac, 0));
  unsigned answered = 0;
  near.on_frame = [&](cbytes) { ++answered; };
  inject(44, fragment(58, 0, false, 9, message), {}, here, there, 255);
  node.settle();
  EXPECT_EQ(answered, 0u);
  inject(58, message, {}, here, there, 255);
  node.settle();
  EXPECT_EQ(answered, 1u);
  EXPECT_EQ(far.ip.addresses().size(), before);
}

struct told_problem {
  ipv6_undeliverable::reason why;
  parameter_problem what;
  std::uint32_t pointer;
  friend bool operator==(const told_problem&, const told_problem&) = default;
};

TEST_F(ipv6_hosts, what_cannot_be_handed_up_is_told) {
  std::vector<told_problem> told;
  far.ip.on_undeliverable([&told](const ipv6_undeliverable& what) {
    told.push_back({what.why, what.what, what.pointer});
    EXPECT_EQ(what.header.source, here);
    EXPECT_EQ(ipv6_header::read(what.packet.data()).destination, what.header.destination);
  });
  using reason = ipv6_undeliverable::reason;
  using enum parameter_problem;
  const auto expect_last = [&](parameter_problem what, std::uint32_t pointer) {
    ASSERT_FALSE(told.empty());
    EXPECT_EQ(told.back(), (told_problem{reason::problem, what, pointer}));
    told.clear();
  };
  inject(132, "12345678");
  expect_last(unknown_header, 6);
  inject(60, "\x11\x00\xc7\x04\0\0\0\0ports..."s);
  expect_last(unknown_option, 42);
  inject(43, "\x11\x00\x00\x01\0\0\0\0ports..."s);
  expect_last(erroneous_field, 42);
  inject(44, fragment(17, 0, true, 1, "seven.b"));
  expect_last(incomplete_chain, 0);
  inject(44, fragment(17, 0, true, 2, "ninebytes"));
  expect_last(erroneous_field, 4);
  inject(44, fragment(17, 65528, false, 3, "12345678"));
  expect_last(erroneous_field, 42);
  inject(44, fragment(17, 0, true, 4, "12345678"));
  node.advance(59s);
  EXPECT_TRUE(told.empty());
  node.advance(2s);
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].why, reason::reassembly_time);
}

TEST_F(ipv6_hosts, rfc8200_4_2_of_a_group_only_some_options_are_told) {
  unsigned told = 0;
  far.ip.on_undeliverable([&told](const ipv6_undeliverable&) { ++told; });
  inject(60, "\x11\x00\xc7\x04\0\0\0\0ports..."s, {.group = true}, here, all_nodes);
  EXPECT_EQ(told, 0u);
  inject(60, "\x11\x00\x87\x04\0\0\0\0ports..."s, {.group = true}, here, all_nodes);
  EXPECT_EQ(told, 1u);
  inject(60, "\x11\x00\x47\x04\0\0\0\0ports..."s);
  EXPECT_EQ(told, 1u) << "dropped silently";
  inject(60, "\x11\x00\x07\x04\0\0\0\0ports..."s);
  EXPECT_EQ(far.seen.packets.size(), 1u) << "skipped";
}

TEST_F(ipv6_hosts, an_address_is_formed_from_what_a_router_advertises_and_routes_by_it) {
  const ipv6_address router = near.ip.addresses().back();
  std::string told(
      "\x86\0\0\0\x40\0\x07\x08\0\0\0\0\0\0\0\0"
      "\x01\x01\x02\0\0\0\0\x01"
      "\x03\x04\x40\xc0\0\0\x1c\x20\0\0\x0e\x10\0\0\0\0"
      "\x20\x01\x0d\xb8\0\x01\0\0\0\0\0\0\0\0\0\0"
      "\x19\x03\0\0\0\0\x02\x58\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x53",
      16 + 8 + 32 + 24);
  icmpv6_header::finish(std::as_writable_bytes(std::span(told)), router, all_nodes);
  inject(58, told, {.group = true}, router, all_nodes, 255);
  node.advance(3s);
  ASSERT_EQ(far.ip.addresses().size(), 3u);
  EXPECT_EQ(far.ip.addresses()[1].high(), 0x2001'0db8'0001'0000u);
  EXPECT_EQ(far.ip.route("2001:db8:1:5::1")->source, far.ip.addresses()[1]) << "the longest common prefix";
  ASSERT_EQ(far.ip.dns_servers().size(), 1u);
  EXPECT_EQ(far.ip.dns_servers()[0], ipv6_address("2001:db8::53"));
  auto sent = far.ip.write({.destination = "2001:db8:1:5::1"}, {.header = 1}, test::fill_with("x"), {});
  EXPECT_EQ(test::outcome(sent), "ok") << "by way of the router";
}

TEST_F(ipv6_hosts, padding_is_cut_off) {
  buffer packet = buffer::allocate(60);
  ipv6_header::write(packet.writable(),
                     {.source = here, .destination = there, .next_header = 17, .payload_length = 3});
  std::ranges::fill(packet.writable().subspan(40), std::byte{'x'});
  far.ip.input(std::move(packet), {}, far);
  ASSERT_EQ(far.seen.packets.size(), 1u);
  EXPECT_EQ(far.seen.packets[0].payload, "xxx");
}

}  // namespace
}  // namespace mirage
