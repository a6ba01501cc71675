// SPDX-License-Identifier: ISC
#include "mirage/ipv4/examine.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/ipv4/header_options.hpp"

namespace mirage {
namespace {

using verdict = packet_verdict;

struct examining : testing::Test {
  examining() {
    EXPECT_TRUE(routes.add_address("10.0.0.2/24"));
    EXPECT_TRUE(groups.join("224.0.0.251", {}));
  }
  ipv4_routes routes;
  igmp_host groups{1};

  static std::vector<std::byte> packet(ipv4_fields fields, std::size_t payload = 10) {
    std::vector<std::byte> made(ipv4_header::size + payload);
    fields.total_length = static_cast<std::uint16_t>(made.size());
    ipv4_header::write(made, fields);
    return made;
  }
  verdict from_to(ipv4_address source, ipv4_address destination, bool group = false) {
    return examine(packet({.source = source, .destination = destination}), group, routes, groups).verdict;
  }
};

TEST_F(examining, a_header_is_read_as_it_was_written) {
  const ipv4_fields fields{.source = "10.0.0.1",
                           .destination = "10.0.0.2",
                           .protocol = 6,
                           .ttl = 9,
                           .traffic_class = 0xb9,
                           .total_length = 30,
                           .identification = 0x1234,
                           .fragment_offset = 0xfff8,
                           .dont_fragment = true,
                           .more_fragments = true};
  const auto made = packet(fields);
  const auto header = ipv4_header::of(made);
  ASSERT_TRUE(header);
  EXPECT_TRUE(header->is_checksum_right());
  const ipv4_fields read = header->fields();
  EXPECT_EQ(read.source, fields.source);
  EXPECT_EQ(read.destination, fields.destination);
  EXPECT_EQ(read.protocol, 6);
  EXPECT_EQ(read.ttl, 9);
  EXPECT_EQ(read.traffic_class, 0xb9);
  EXPECT_EQ(read.total_length, 30);
  EXPECT_EQ(read.identification, 0x1234);
  EXPECT_EQ(read.fragment_offset, 0xfff8);
  EXPECT_TRUE(read.dont_fragment && read.more_fragments);
}

TEST_F(examining, packets_for_us_are_taken) {
  EXPECT_EQ(from_to("10.0.0.1", "10.0.0.2"), verdict::whole);
  EXPECT_EQ(from_to("10.0.0.1", "255.255.255.255", true), verdict::whole);
  EXPECT_EQ(from_to("10.0.0.1", "10.0.0.255", true), verdict::whole);
  EXPECT_EQ(from_to("10.0.0.1", "224.0.0.251", true), verdict::whole);
  EXPECT_EQ(from_to("10.0.0.1", "224.0.0.1", true), verdict::whole) << "all hosts";
  EXPECT_EQ(from_to("0.0.0.0", "255.255.255.255", true), verdict::whole) << "DHCP";
}

TEST_F(examining, a_broadcast_in_a_frame_to_us_alone_is_one_too) {
  for (const ipv4_address to :
       {ipv4_address("10.0.0.255"), ipv4_address("255.255.255.255"), ipv4_address("224.0.0.251")})
    EXPECT_TRUE(examine(packet({.source = "10.0.0.1", .destination = to}), false, routes, groups).to_many);
  EXPECT_FALSE(
      examine(packet({.source = "10.0.0.1", .destination = "10.0.0.2"}), false, routes, groups).to_many);
}

TEST_F(examining, packets_for_others_are_not) {
  EXPECT_EQ(from_to("10.0.0.1", "10.0.0.3"), verdict::not_ours);
  EXPECT_EQ(from_to("10.0.0.1", "224.0.0.252", true), verdict::not_ours);
  EXPECT_EQ(from_to("10.0.0.1", "127.0.0.1"), verdict::not_ours);
  EXPECT_EQ(from_to("10.0.0.1", "0.0.0.0"), verdict::not_ours);
  EXPECT_EQ(from_to("10.0.0.1", "10.0.0.2", true), verdict::not_ours)
      << "one host, by a broadcast of the link";
}

TEST_F(examining, nobody_sends_from_there) {
  for (const ipv4_address source :
       {ipv4_address("127.0.0.1"), ipv4_address("224.0.0.1"), ipv4_address("255.255.255.255"),
        ipv4_address("10.0.0.255"), ipv4_address("10.0.0.0"), ipv4_address("240.0.0.1"),
        ipv4_address("10.0.0.2"), ipv4_address("0.0.0.0")})
    EXPECT_EQ(from_to(source, "10.0.0.2"), verdict::martian) << source.value();
}

TEST_F(examining, padding_is_no_part_of_it_and_less_than_it_says_is_malformed) {
  auto made = packet({.source = "10.0.0.1", .destination = "10.0.0.2"});
  made.resize(60);
  EXPECT_EQ(examine(made, false, routes, groups).fields.total_length, 30);
  for (std::size_t size = 0; size < 30; ++size)
    EXPECT_EQ(examine(cbytes(made).first(size), false, routes, groups).verdict, verdict::malformed);
}

TEST_F(examining, a_wrong_bit_anywhere_in_the_header_is_noticed) {
  const auto good = packet({.source = "10.0.0.1", .destination = "10.0.0.2"});
  for (std::size_t bit = 0; bit < 8 * ipv4_header::size; ++bit) {
    auto bad = good;
    bad[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
    EXPECT_NE(examine(bad, false, routes, groups).verdict, verdict::whole) << bit;
  }
}

TEST_F(examining, fragments_are_told) {
  const auto first = packet({.source = "10.0.0.1", .destination = "10.0.0.2", .more_fragments = true});
  EXPECT_EQ(examine(first, false, routes, groups).verdict, verdict::fragment);
  const auto last = packet({.source = "10.0.0.1", .destination = "10.0.0.2", .fragment_offset = 8});
  EXPECT_EQ(examine(last, false, routes, groups).verdict, verdict::fragment);
  const auto whole = packet({.source = "10.0.0.1", .destination = "10.0.0.2", .dont_fragment = true});
  EXPECT_EQ(examine(whole, false, routes, groups).verdict, verdict::whole);
}

TEST(header_options, are_looked_through) {
  const auto check = [](std::string_view options) { return check_header_options(as_bytes(options)); };
  using std::string_view_literals::operator""sv;
  EXPECT_EQ(check(""), header_options_verdict::fine);
  EXPECT_EQ(check("\x01\x01\x01\x00"sv), header_options_verdict::fine);
  EXPECT_EQ(check("\x94\x04\x00\x00"sv), header_options_verdict::fine) << "router alert, RFC 2113";
  EXPECT_EQ(check("\x00\x83\x00\x00"sv), header_options_verdict::fine) << "behind the end is nothing";
  EXPECT_EQ(check("\x83\x03\x04\x00"sv), header_options_verdict::source_routed);
  EXPECT_EQ(check("\x01\x01\x01\x89"sv), header_options_verdict::source_routed);
  EXPECT_EQ(check("\x44\x05\x00\x00"sv), header_options_verdict::malformed);
  EXPECT_EQ(check("\x44\x01\x00\x00"sv), header_options_verdict::malformed);
  EXPECT_EQ(check("\x44\x00\x00\x00"sv), header_options_verdict::malformed);
  EXPECT_EQ(check("\x01\x01\x01\x44"sv), header_options_verdict::malformed);
}

TEST_F(examining, a_packet_with_options_is_taken_and_a_source_route_is_not) {
  for (const bool routed : {false, true}) {
    auto made = packet({.source = "10.0.0.1", .destination = "10.0.0.2"}, 24);
    made[0] = std::byte{0x46};
    made[20] = routed ? std::byte{131} : std::byte{1};
    store_be16(&made[10], 0);
    store_be16(&made[10], checksum::finish(checksum::sum_of(cbytes(made).first(24))));
    const examined_packet known = examine(made, false, routes, groups);
    EXPECT_EQ(known.verdict, routed ? verdict::source_routed : verdict::whole);
    if (!routed) EXPECT_EQ(known.header, 24u);
  }
}

}  // namespace
}  // namespace mirage
