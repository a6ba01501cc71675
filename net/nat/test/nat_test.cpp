// SPDX-License-Identifier: ISC
#include "mirage/nat.hpp"

#include <gtest/gtest.h>

#include "mirage/test/virtual_node.hpp"
#include "packets.hpp"

namespace mirage {
namespace {

using test::packet_bytes;
namespace flag = tcp_protocol::flag;

constexpr nat_endpoint host{"192.168.1.10", 40'000};
constexpr nat_endpoint web{"192.168.1.2", 80};
constexpr nat_endpoint server{"198.51.100.7", 53};
constexpr ipv4_address ours = "203.0.113.5";
constexpr nat_endpoint host_outside{ours, host.port};

struct nats : testing::Test {
  nat_verdict out(packet_bytes& packet) {
    const nat_translation made = translator.outbound(packet, now);
    if (made.verdict == nat_verdict::translated) translator.apply(packet, made);
    return made.verdict;
  }
  nat_verdict in(packet_bytes& packet) {
    const nat_translation made = translator.inbound(packet, now);
    if (made.verdict == nat_verdict::translated) translator.apply(packet, made);
    return made.verdict;
  }
  test::virtual_node node;
  instant now = test::virtual_start;
  nat translator{ours};
};

TEST_F(nats, a_question_goes_out_and_its_answer_comes_in) {
  packet_bytes question = test::udp_packet(host, server, "question");
  EXPECT_EQ(out(question), nat_verdict::translated);
  EXPECT_EQ(question, test::udp_packet(host_outside, server, "question"));
  packet_bytes answer = test::udp_packet(server, host_outside, "answer");
  EXPECT_EQ(in(answer), nat_verdict::translated);
  EXPECT_EQ(answer, test::udp_packet(server, host, "answer"));
}

TEST_F(nats, what_is_asked_of_us_stays_with_us) {
  for (packet_bytes packet : {test::udp_packet(server, {ours, 1}),
                              test::echo_packet(server.address, ours, icmp_type::echo_request, 1),
                              test::echo_packet(server.address, ours, icmp_type::echo_reply, 1),
                              test::ip_packet(server.address, ours, 47, packet_bytes(30)),
                              test::report_packet(server.address, ours, icmp_type::unreachable, 3,
                                                  test::udp_packet({ours, 1}, server))}) {
    const packet_bytes before = packet;
    EXPECT_EQ(in(packet), nat_verdict::not_inside);
    EXPECT_EQ(packet, before);
  }
}

TEST_F(nats, only_packets_that_may_be_cut_get_an_identification_of_ours) {
  packet_bytes atomic = test::udp_packet(host, server);
  EXPECT_EQ(out(atomic), nat_verdict::translated);
  EXPECT_EQ(ipv4_header::read(atomic.data()).identification, 5);
  std::uint16_t last = 0;
  for (int i = 0; i < 3; ++i) {
    packet_bytes packet = test::udp_packet(host, server, "x", true, false, false);
    EXPECT_EQ(out(packet), nat_verdict::translated);
    EXPECT_TRUE(test::is_sound(packet));
    const std::uint16_t is = ipv4_header::read(packet.data()).identification;
    if (i != 0) EXPECT_EQ(is, static_cast<std::uint16_t>(last + 1));
    last = is;
  }
}

TEST_F(nats, a_report_reaches_the_host_whose_packet_it_is_about) {
  packet_bytes sent = test::tcp_packet(host, server, flag::syn);
  const packet_bytes original = sent;
  ASSERT_EQ(out(sent), nat_verdict::translated);
  packet_bytes report = test::report_packet("192.0.2.1", ours, icmp_type::unreachable, 4, sent, 8);
  EXPECT_EQ(in(report), nat_verdict::translated);
  EXPECT_EQ(report, test::report_packet("192.0.2.1", host.address, icmp_type::unreachable, 4, original, 8));
  packet_bytes foreign = test::report_packet("192.0.2.1", ours, icmp_type::unreachable, 1,
                                             test::tcp_packet({"192.0.2.77", 1}, server, flag::syn));
  EXPECT_EQ(in(foreign), nat_verdict::stray_report);
  packet_bytes damaged = test::report_packet("192.0.2.1", ours, icmp_type::unreachable, 1, sent);
  damaged.back() ^= std::byte{1};
  EXPECT_EQ(in(damaged), nat_verdict::bad_checksum);
}

TEST_F(nats, a_report_from_inside_tells_nothing_of_the_inside) {
  packet_bytes question = test::udp_packet(host, server, "question");
  ASSERT_EQ(out(question), nat_verdict::translated);
  const packet_bytes answer = test::udp_packet(server, host_outside, "answer");
  packet_bytes got = answer;
  ASSERT_EQ(in(got), nat_verdict::translated);
  packet_bytes report = test::report_packet(host.address, server.address, icmp_type::unreachable, 3, got);
  EXPECT_EQ(out(report), nat_verdict::translated);
  EXPECT_EQ(report, test::report_packet(ours, server.address, icmp_type::unreachable, 3, answer));
  packet_bytes stray = test::report_packet(host.address, server.address, icmp_type::unreachable, 3,
                                           test::udp_packet(server, {host.address, 1}));
  EXPECT_EQ(out(stray), nat_verdict::stray_report);
}

TEST_F(nats, hosts_inside_reach_each_other_by_the_address_outside) {
  ASSERT_TRUE(translator.forward({nat_protocol::tcp, 8080, web}));
  packet_bytes syn = test::tcp_packet(host, {ours, 8080}, flag::syn);
  EXPECT_EQ(out(syn), nat_verdict::translated);
  EXPECT_EQ(in(syn), nat_verdict::translated);
  EXPECT_EQ(syn, test::tcp_packet(host_outside, web, flag::syn));
  packet_bytes answer = test::tcp_packet(web, host_outside, flag::syn | flag::ack);
  EXPECT_EQ(out(answer), nat_verdict::translated);
  EXPECT_EQ(in(answer), nat_verdict::translated);
  EXPECT_EQ(answer, test::tcp_packet({ours, 8080}, host, flag::syn | flag::ack));
  packet_bytes report = test::report_packet(web.address, ours, icmp_type::unreachable, 3, syn);
  EXPECT_EQ(out(report), nat_verdict::translated);
  EXPECT_EQ(in(report), nat_verdict::translated);
  EXPECT_EQ(report, test::report_packet(ours, host.address, icmp_type::unreachable, 3,
                                        test::tcp_packet(host, {ours, 8080}, flag::syn)));
}

TEST_F(nats, what_cannot_be_translated_says_why) {
  packet_bytes gre = test::ip_packet(host.address, server.address, 47, packet_bytes(30));
  EXPECT_EQ(out(gre), nat_verdict::unsupported);
  packet_bytes reply = test::echo_packet(host.address, server.address, icmp_type::echo_reply, 1);
  EXPECT_EQ(out(reply), nat_verdict::unsupported);
  packet_bytes crumb = test::ip_packet(host.address, server.address, 6, packet_bytes(10));
  EXPECT_EQ(out(crumb), nat_verdict::malformed);
  packet_bytes reset = test::tcp_packet(host, server, flag::rst);
  EXPECT_EQ(out(reset), nat_verdict::no_session);
  EXPECT_EQ(translator.table().sessions(), 0u);
}

TEST_F(nats, another_address_outside_begins_anew) {
  packet_bytes question = test::udp_packet(host, server);
  ASSERT_EQ(out(question), nat_verdict::translated);
  translator.set_address("203.0.113.9");
  packet_bytes answer = test::udp_packet(server, {"203.0.113.9", host.port});
  EXPECT_EQ(in(answer), nat_verdict::not_inside);
}

}  // namespace
}  // namespace mirage
