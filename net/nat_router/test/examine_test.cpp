// SPDX-License-Identifier: ISC
#include "mirage/nat_router/examine.hpp"

#include <gtest/gtest.h>

#include <array>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using packet_bytes = std::array<std::byte, 28>;

packet_bytes packet_between(ipv4_address source, ipv4_address destination, std::uint8_t ttl = 64) {
  packet_bytes packet{};
  ipv4_header::write(packet, {.source = source,
                              .destination = destination,
                              .protocol = 17,
                              .ttl = ttl,
                              .total_length = packet.size()});
  return packet;
}

forward_verdict verdict_of(ipv4_address source, ipv4_address destination) {
  return examine_to_forward(packet_between(source, destination), false).verdict;
}

TEST(examine_to_forward, packets_from_one_to_one_may_pass) {
  const forwarded_packet known = examine_to_forward(packet_between("192.168.1.2", "10.0.0.1"), false);
  EXPECT_EQ(known.verdict, forward_verdict::to_one);
  EXPECT_EQ(known.header, 20u);
  EXPECT_EQ(known.fields.destination, ipv4_address("10.0.0.1"));
  EXPECT_FALSE(known.is_fragment);
}

TEST(examine_to_forward, what_came_to_many_or_went_to_many_does_not) {
  EXPECT_EQ(examine_to_forward(packet_between("192.168.1.2", "10.0.0.1"), true).verdict,
            forward_verdict::not_to_one);
  EXPECT_EQ(verdict_of("192.168.1.2", "224.0.0.1"), forward_verdict::not_to_one);
  EXPECT_EQ(verdict_of("192.168.1.2", "255.255.255.255"), forward_verdict::not_to_one);
}

TEST(examine_to_forward, some_addresses_stay_where_they_are) {
  for (const ipv4_address no : {ipv4_address("0.0.0.0"), ipv4_address("0.1.2.3"), ipv4_address("127.0.0.1"),
                                ipv4_address("169.254.1.1"), ipv4_address("240.0.0.1")}) {
    EXPECT_EQ(verdict_of(no, "10.0.0.1"), forward_verdict::martian);
    EXPECT_EQ(verdict_of("10.0.0.1", no), forward_verdict::martian);
  }
  EXPECT_EQ(verdict_of("224.0.0.1", "10.0.0.1"), forward_verdict::martian);
}

TEST(examine_to_forward, the_header_has_to_be_right) {
  packet_bytes packet = packet_between("192.168.1.2", "10.0.0.1");
  EXPECT_EQ(examine_to_forward(cbytes(packet).first(27), false).verdict, forward_verdict::malformed);
  packet[8] ^= std::byte{1};
  EXPECT_EQ(examine_to_forward(packet, false).verdict, forward_verdict::bad_checksum);
}

TEST(decrement_ttl, keeps_the_header_right) {
  for (unsigned ttl = 1; ttl < 256; ++ttl) {
    packet_bytes packet = packet_between("192.168.1.2", "10.0.0.1", static_cast<std::uint8_t>(ttl));
    decrement_ttl(packet);
    EXPECT_TRUE(ipv4_header::of(packet)->is_checksum_right());
    EXPECT_EQ(ipv4_header::of(packet)->fields().ttl, ttl - 1);
  }
}

TEST(whole_packet, looks_as_if_it_had_never_been_cut) {
  test::virtual_node node;
  ip_reassembly table({});
  const ipv4_fields fields{.source = "192.168.1.2",
                           .destination = "10.0.0.1",
                           .protocol = 17,
                           .ttl = 9,
                           .total_length = 28,
                           .identification = 3};
  const std::array<std::byte, 8> payload{};
  reassembled whole;
  for (const std::uint16_t offset : {std::uint16_t{8}, std::uint16_t{0}}) {
    ipv4_fields part = fields;
    part.fragment_offset = offset;
    part.more_fragments = offset == 0;
    std::array<std::byte, 20> header{};
    ipv4_header::write(header, part);
    static_cast<void>(
        table.add({.of = {fields.source, fields.destination, 3, 17}, .offset = offset, .more = offset == 0},
                  header, payload, test::virtual_start, whole));
  }
  const buffer packet = whole_packet(std::move(whole));
  ASSERT_EQ(packet.size(), 36u);
  const auto header = ipv4_header::of(packet.view());
  ASSERT_TRUE(header && header->is_checksum_right());
  EXPECT_FALSE(header->is_fragment());
  EXPECT_EQ(header->total_length(), 36);
  EXPECT_EQ(header->fields().ttl, 9);
  EXPECT_FALSE(whole_packet({})) << "without its first fragment there is no header";
}

}  // namespace
}  // namespace mirage
