// SPDX-License-Identifier: ISC
#include "mirage/nat/packet.hpp"

#include <gtest/gtest.h>

#include "packets.hpp"

namespace mirage {
namespace {

using test::packet_bytes;

constexpr nat_endpoint inside{"192.168.1.10", 40'000};
constexpr nat_endpoint outside{"203.0.113.5", 50'001};
constexpr nat_endpoint remote{"198.51.100.7", 53};

void expect_flow(const packet_bytes& packet, nat_protocol protocol, const nat_endpoint& from,
                 const nat_endpoint& to) {
  const nat_packet known = read_nat_packet(packet);
  EXPECT_EQ(known.what, nat_reading::flow);
  EXPECT_EQ(known.flow.protocol, protocol);
  EXPECT_EQ(known.flow.source, from);
  EXPECT_EQ(known.flow.destination, to);
  EXPECT_TRUE(test::is_sound(packet));
}

TEST(nat_packet, both_ends_of_datagrams_and_segments_are_rewritten) {
  for (const bool options : {false, true}) {
    packet_bytes packet = test::udp_packet(inside, remote, "odd", true, options);
    rewrite_source(packet, read_nat_packet(packet), outside);
    expect_flow(packet, nat_protocol::udp, outside, remote);
    rewrite_destination(packet, read_nat_packet(packet), inside);
    expect_flow(packet, nat_protocol::udp, outside, inside);
    EXPECT_EQ(as_text(cbytes(packet).last(3)), "odd");
  }
  packet_bytes segment = test::tcp_packet(inside, remote, tcp_protocol::flag::syn, "data");
  EXPECT_EQ(read_nat_packet(segment).flow.tcp_flags, tcp_protocol::flag::syn);
  rewrite_source(segment, read_nat_packet(segment), outside);
  expect_flow(segment, nat_protocol::tcp, outside, remote);
}

TEST(nat_packet, a_datagram_without_checksum_stays_without) {
  packet_bytes packet = test::udp_packet(inside, remote, "datagram", false);
  rewrite_source(packet, read_nat_packet(packet), outside);
  expect_flow(packet, nat_protocol::udp, outside, remote);
  EXPECT_EQ(load_be16(&packet[26]), 0);
}

TEST(nat_packet, a_checksum_of_udp_never_becomes_zero) {
  unsigned all_ones = 0;
  for (std::uint32_t port = 1; port < 65'536; ++port) {
    packet_bytes packet = test::udp_packet(inside, remote);
    rewrite_source(packet, read_nat_packet(packet), {outside.address, static_cast<std::uint16_t>(port)});
    ASSERT_NE(load_be16(&packet[26]), 0) << port;
    ASSERT_TRUE(test::is_sound(packet)) << port;
    all_ones += load_be16(&packet[26]) == 0xffff ? 1 : 0;
  }
  EXPECT_EQ(all_ones, 1u) << "one port is the one where it would be";
}

TEST(nat_packet, a_checksum_of_tcp_is_zero_where_that_is_right) {
  constexpr std::size_t field = ipv4_header::size + tcp_protocol::checksum_offset;
  unsigned zeros = 0;
  for (std::uint32_t port = 1; port < 65'536; ++port) {
    packet_bytes packet = test::tcp_packet(inside, remote, tcp_protocol::flag::ack, "data");
    rewrite_source(packet, read_nat_packet(packet), {outside.address, static_cast<std::uint16_t>(port)});
    ASSERT_NE(load_be16(&packet[field]), 0xffff) << port;
    ASSERT_TRUE(test::is_sound(packet)) << port;
    zeros += load_be16(&packet[field]) == 0 ? 1 : 0;
  }
  EXPECT_EQ(zeros, 1u) << "one port is the one where it is";
}

TEST(nat_packet, an_echo_has_its_identifier_on_one_side) {
  packet_bytes request = test::echo_packet(inside.address, remote.address, icmp_type::echo_request, 7);
  rewrite_source(request, read_nat_packet(request), {outside.address, 9});
  expect_flow(request, nat_protocol::echo, {outside.address, 9}, {remote.address, 0});
  packet_bytes reply = test::echo_packet(remote.address, outside.address, icmp_type::echo_reply, 9);
  EXPECT_TRUE(read_nat_packet(reply).flow.is_echo_reply);
  rewrite_destination(reply, read_nat_packet(reply), {inside.address, 7});
  expect_flow(reply, nat_protocol::echo, {remote.address, 0}, {inside.address, 7});
}

// A router on the way reports of what it has got, and the host inside must see what it has sent.
TEST(nat_packet, an_echo_reply_of_zeros_keeps_a_right_checksum) {
  packet_bytes packet = test::echo_packet(remote.address, outside.address, icmp_type::echo_reply, 1, "");
  const bytes message = bytes(packet).subspan(ipv4_header::size);
  store_be16(&message[2], 0);
  store_be16(&message[6], 0);
  icmp_header::finish(message);
  rewrite_destination(packet, read_nat_packet(packet), {inside.address, 0});
  EXPECT_TRUE(test::is_sound(packet));
}

TEST(nat_packet, a_report_is_rewritten_with_the_packet_in_it) {
  const std::vector<packet_bytes> sent{
      test::udp_packet(inside, remote), test::udp_packet(inside, remote, "datagram", false, true),
      test::tcp_packet(inside, remote, tcp_protocol::flag::syn, "data"),
      test::echo_packet(inside.address, remote.address, icmp_type::echo_request, inside.port)};
  for (const packet_bytes& original : sent) {
    packet_bytes seen = original;
    rewrite_source(seen, read_nat_packet(seen), outside);
    for (const std::size_t quote : {std::size_t{8}, std::size_t{1000}}) {
      packet_bytes report =
          test::report_packet("192.0.2.9", outside.address, icmp_type::time_exceeded, 0, seen, quote);
      const nat_packet known = read_nat_packet(report);
      ASSERT_EQ(known.what, nat_reading::report);
      EXPECT_EQ(known.flow.source, outside);
      rewrite_destination(report, known, inside);
      EXPECT_EQ(report, test::report_packet("192.0.2.9", inside.address, icmp_type::time_exceeded, 0,
                                            original, quote));
    }
  }
}

TEST(nat_packet, a_report_from_inside_names_the_outside_only) {
  const packet_bytes original = test::udp_packet(remote, outside);
  packet_bytes got = original;
  rewrite_destination(got, read_nat_packet(got), inside);
  packet_bytes report =
      test::report_packet("192.168.1.1", remote.address, icmp_type::unreachable, 3, got, 100);
  rewrite_source(report, read_nat_packet(report), outside);
  EXPECT_EQ(report,
            test::report_packet(outside.address, remote.address, icmp_type::unreachable, 3, original, 100));
}

TEST(nat_packet, what_cannot_be_read_says_why) {
  const auto reading = [](const packet_bytes& packet) { return read_nat_packet(packet).what; };
  EXPECT_EQ(reading(test::ip_packet(inside.address, remote.address, 47, packet_bytes(30))),
            nat_reading::unsupported);
  for (const std::uint8_t protocol : std::initializer_list<std::uint8_t>{1, 6, 17})
    EXPECT_EQ(reading(test::ip_packet(inside.address, remote.address, protocol, packet_bytes(7))),
              nat_reading::malformed);
  EXPECT_EQ(reading(test::echo_packet(inside.address, remote.address, icmp_type{13}, 7)),
            nat_reading::unsupported);
  const packet_bytes about = test::udp_packet(outside, remote);
  const auto report = [&](cbytes of, std::size_t quote) {
    return test::report_packet(remote.address, outside.address, icmp_type::unreachable, 1, of, quote);
  };
  EXPECT_EQ(reading(report(about, 7)), nat_reading::malformed);
  EXPECT_EQ(reading(report(cbytes(about).first(19), 0)), nat_reading::malformed);
  packet_bytes damaged = report(about, 8);
  damaged.back() ^= std::byte{1};
  EXPECT_EQ(reading(damaged), nat_reading::bad_checksum);
  packet_bytes strange = about;
  strange[8] ^= std::byte{1};
  EXPECT_EQ(reading(report(strange, 8)), nat_reading::bad_checksum);
  packet_bytes fragment = about;
  ipv4_header::write(fragment, {.source = outside.address,
                                .destination = remote.address,
                                .protocol = 17,
                                .total_length = 36,
                                .fragment_offset = 8});
  EXPECT_EQ(reading(report(fragment, 8)), nat_reading::unsupported);
}

TEST(nat_packet, another_identification_keeps_the_header_right) {
  packet_bytes packet = test::udp_packet(inside, remote);
  rewrite_identification(packet, 0xbeef);
  EXPECT_EQ(ipv4_header::read(packet.data()).identification, 0xbeef);
  EXPECT_TRUE(test::is_sound(packet));
}

}  // namespace
}  // namespace mirage
