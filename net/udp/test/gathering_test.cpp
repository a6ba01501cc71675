// SPDX-License-Identifier: ISC
// Segmented writes, and who computes the checksum: what IP is asked for.
#include "mirage/udp/gathering.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/checksum.hpp"
#include "mirage/test/suites/udp_suite.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/udp.hpp"
#include "recording_ip.hpp"

namespace mirage {
namespace {

using internet = test::recording_ip<ipv4_address>;
using internet6 = test::recording_ip<ipv6_address>;

constexpr ipv4_address ours = "10.0.0.1";
constexpr endpoint peer = "10.0.0.2:1234";
constexpr endpoint other_peer = "10.0.0.3:1234";
constexpr endpoint from = "10.0.0.1:53";
constexpr v1::capabilities cutting{.slices = 16, .datagram_bytes = 65535, .transmit_checksum = true};

struct gathering : testing::Test {
  test::virtual_node node;
  internet ip{ours, cutting};
  udp<internet> device{"udp", ip};

  void write(std::string_view payload, const endpoint& to = peer) {
    EXPECT_EQ(test::outcome(
                  device.write({.destination = to, .source = from}, payload.size(), test::filling(payload))),
              "ok");
  }
  /// The payload of the packet, after a look at its header.
  std::string payload_of(std::size_t number) {
    const internet::packet& sent = ip.sent.at(number);
    const cbytes all = as_bytes(sent.bytes);
    EXPECT_EQ(load_be16(all.data()), 53);
    EXPECT_EQ(load_be16(all.data() + 4), all.size());
    EXPECT_EQ(sent.how.checksum_start, 0);
    EXPECT_EQ(sent.how.checksum_offset, 6);
    EXPECT_EQ(load_be16(all.data() + 6), checksum::pseudo_header(ours, sent.header.destination, 17,
                                                                 static_cast<std::uint32_t>(all.size())));
    return sent.bytes.substr(8);
  }
};

TEST_F(gathering, datagrams_of_one_length_to_one_peer_leave_together_at_the_end_of_the_batch) {
  for (const char* text : {"one.", "two.", "six."}) write(text);
  EXPECT_TRUE(ip.sent.empty());
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 1u);
  EXPECT_EQ(payload_of(0), "one.two.six.");
  EXPECT_EQ(ip.sent[0].how.segment, 4);
  EXPECT_EQ(ip.sent[0].how.kind, v1::transmit::cut::udp);
  device.batch_end();
  EXPECT_EQ(ip.sent.size(), 1u);
}

TEST_F(gathering, without_a_batch_they_leave_at_the_end_of_the_round) {
  write("one.");
  EXPECT_TRUE(ip.sent.empty());
  node.step();
  ASSERT_EQ(ip.sent.size(), 1u);
  EXPECT_EQ(ip.sent[0].how.segment, 0) << "one alone is not cut";
  EXPECT_EQ(payload_of(0), "one.");
}

TEST_F(gathering, a_shorter_one_is_the_last) {
  for (const char* text : {"one.", "two.", "x", "four"}) write(text);
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 2u);
  EXPECT_EQ(payload_of(0), "one.two.x");
  EXPECT_EQ(payload_of(1), "four");
}

TEST_F(gathering, a_longer_one_begins_anew) {
  for (const char* text : {"x", "y", "longer", "second", "z"}) write(text);
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 2u);
  EXPECT_EQ(payload_of(0), "xy");
  EXPECT_EQ(ip.sent[0].how.segment, 1);
  EXPECT_EQ(payload_of(1), "longersecondz");
  EXPECT_EQ(ip.sent[1].how.segment, 6);
}

TEST_F(gathering, what_was_written_counts_and_not_the_room_for_it) {
  for (const char* text : {"one.", "two."}) {
    const std::string_view payload = text;
    EXPECT_TRUE(device.write({.destination = peer, .source = from}, 512, test::filling(payload)));
  }
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 1u);
  EXPECT_EQ(payload_of(0), "one.two.");
}

TEST_F(gathering, each_peer_has_its_own) {
  write("a1");
  write("b1", other_peer);
  write("b2", other_peer);
  write("a2");
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 2u);
  EXPECT_EQ(payload_of(0), "a1a2");
  EXPECT_EQ(payload_of(1), "b1b2");
}

TEST_F(gathering, empty_ones_go_alone) {
  write("");
  write("");
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 2u);
  EXPECT_EQ(payload_of(1), "");
}

TEST_F(gathering, no_more_leave_together_than_can_be_cut) {
  for (int i = 0; i < 65; ++i) write(std::string(1000, static_cast<char>(i)));
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 2u);
  EXPECT_EQ(payload_of(0).size(), 64'000u);
  EXPECT_EQ(ip.sent[0].slices, 1u) << "what is long is not copied again";
  for (int i = 0; i < 64; ++i) write(std::string(1400, static_cast<char>(i)));
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 4u);
  EXPECT_EQ(payload_of(2).size(), 46u * 1400);
}

TEST_F(gathering, what_is_longer_than_a_packet_is_not_gathered) {
  write("one.");
  write(std::string(3000, 'x'));
  ASSERT_EQ(ip.sent.size(), 2u);
  EXPECT_EQ(payload_of(0), "one.");
  EXPECT_EQ(ip.sent[1].how.segment, 0);
}

TEST_F(gathering, memory_that_the_device_still_has_is_not_written_to) {
  ip.keeps_slices = true;
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 4; ++i) write(std::string(1000, static_cast<char>('a' + round)));
    device.batch_end();
  }
  ASSERT_EQ(ip.kept.size(), 3u);
  for (std::size_t round = 0; round < 3; ++round)
    EXPECT_EQ(ip.kept[round].text(), std::string(4000, static_cast<char>('a' + round)));
}

TEST_F(gathering, what_could_not_leave_is_no_reason_to_stop) {
  ip.fails = true;
  write("one.");
  device.batch_end();
  ip.fails = false;
  write("two.");
  device.batch_end();
  ASSERT_EQ(ip.sent.size(), 1u);
  EXPECT_EQ(payload_of(0), "two.");
}

TEST(checksums, are_finished_here_for_a_device_that_cannot) {
  test::virtual_node node;
  internet ip{ours, {}};
  internet6 ip6{"2001:db8::1", {}};
  udp<internet, internet6> device{"udp", ip, ip6};
  for (std::size_t size = 0; size < 100; ++size) {
    const std::string payload = test::pattern(size);
    EXPECT_TRUE(device.write({.destination = peer, .source = from}, size, test::filling(payload)));
    EXPECT_TRUE(
        device.write({.destination = "[2001:db8::2]:1", .source = {{}, 2}}, size, test::filling(payload)));
  }
  for (const auto& sent : ip.sent) {
    EXPECT_EQ(sent.how.checksum_offset, 0);
    const auto size = static_cast<std::uint32_t>(sent.bytes.size());
    EXPECT_EQ(checksum::add(checksum::pseudo_header(ours, sent.header.destination, 17, size),
                            checksum::sum_of(as_bytes(sent.bytes))),
              checksum::verified);
  }
  ASSERT_EQ(ip6.sent.size(), 100u);
  for (const auto& sent : ip6.sent) {
    const auto size = static_cast<std::uint32_t>(sent.bytes.size());
    EXPECT_EQ(sent.header.source, ipv6_address("2001:db8::1"));
    EXPECT_EQ(checksum::add(checksum::pseudo_header(sent.header.source, sent.header.destination, 17, size),
                            checksum::sum_of(as_bytes(sent.bytes))),
              checksum::verified);
  }
}

TEST(checksums, none_is_right_over_ipv4_and_wrong_over_ipv6) {
  std::array<std::byte, 12> datagram{};
  udp_header::write(datagram, 1, 2, 12, 0);
  EXPECT_EQ(read_udp(datagram, 0, false, false, false).kind, udp_kind::good);
  EXPECT_EQ(read_udp(datagram, 0, false, true, false).kind, udp_kind::bad_checksum);
  EXPECT_EQ(read_udp(datagram, 0, true, true, false).kind, udp_kind::good) << "somebody has verified it";
}

TEST(coalesced, datagrams_are_taken_apart) {
  test::virtual_node node;
  internet ip{ours, cutting};
  udp<internet> device{"udp", ip};
  std::vector<std::string> came;
  auto listening =
      device.listen({{}, 53}, [&](v1::datagram&& one) noexcept { came.emplace_back(one.payload.text()); });
  buffer packet = buffer::allocate(8 + 10);
  udp_header::write(packet.writable(), 1234, 53, 8 + 4, 0);
  std::ranges::copy(as_bytes("one.two.xx"), packet.writable().begin() + 8);
  const v1::ip_header<ipv4_address> head{.source = "10.0.0.2", .destination = ours};
  EXPECT_EQ(device.input(head, packet, {.checksum_verified = true, .segment = 4}), udp_outcome::taken);
  EXPECT_EQ(came, (std::vector<std::string>{"one.", "two.", "xx"}));
}

}  // namespace
}  // namespace mirage
