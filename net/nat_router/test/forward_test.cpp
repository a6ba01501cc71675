// SPDX-License-Identifier: ISC
#include "mirage/nat_router/forward.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/tcp/wire.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/udp/wire.hpp"

namespace mirage {
namespace {

namespace flag = tcp_protocol::flag;

constexpr v1::capabilities plain{};
constexpr v1::capabilities clever{
    .segment_bytes = 60'000, .datagram_bytes = 60'000, .transmit_checksum = true};
constexpr ipv4_address from = "192.168.1.2";
constexpr ipv4_address to = "10.0.0.1";

/// With a checksum that nobody has made yet.
std::vector<std::byte> packet_of(std::uint8_t protocol, std::size_t payload, bool dont_fragment = true) {
  const bool tcp = protocol == 6;
  const std::size_t transport = tcp ? 20 : 8;
  std::vector<std::byte> packet(ipv4_header::size + transport + payload, std::byte{7});
  ipv4_header::write(packet, {.source = from,
                              .destination = to,
                              .protocol = protocol,
                              .ttl = 64,
                              .total_length = static_cast<std::uint16_t>(packet.size()),
                              .dont_fragment = dont_fragment});
  const bytes rest = bytes(packet).subspan(ipv4_header::size);
  if (tcp)
    tcp_protocol::store_header(rest, {.source = 1, .destination = 2}, 20);
  else
    udp_header::write(rest, 1, 2, static_cast<std::uint16_t>(8 + payload), 0);
  return packet;
}

std::uint16_t sum_of(const std::vector<std::byte>& packet, std::uint8_t protocol) {
  const cbytes transport = cbytes(packet).subspan(ipv4_header::size);
  return checksum::add(
      checksum::pseudo_header(from, to, protocol, static_cast<std::uint32_t>(transport.size())),
      checksum::sum_of(transport));
}

TEST(plan_forward, what_is_finished_leaves_as_it_is) {
  const auto packet = packet_of(17, 100);
  for (const v1::capabilities& device : {plain, clever}) {
    const forward_plan plan = plan_forward(packet, {}, device, false);
    EXPECT_EQ(plan.way, forward_way::as_it_is);
    EXPECT_FALSE(plan.in_fragments);
  }
}

TEST(plan_forward, a_checksum_that_was_left_undone_is_made) {
  for (const std::uint8_t protocol : std::initializer_list<std::uint8_t>{6, 17}) {
    auto packet = packet_of(protocol, 101);
    const forward_plan here = plan_forward(packet, {.checksum_verified = true}, plain, false);
    EXPECT_EQ(here.way, forward_way::finished_here);
    prepare_to_forward(packet, here);
    EXPECT_EQ(sum_of(packet, protocol), checksum::verified);

    packet = packet_of(protocol, 101);
    const forward_plan there = plan_forward(packet, {.checksum_verified = true}, clever, false);
    EXPECT_EQ(there.way, forward_way::finished_by_device);
    EXPECT_EQ(there.how.checksum_start, 20);
    EXPECT_EQ(there.how.checksum_offset, protocol == 6 ? 16 : 6);
    EXPECT_EQ(there.how.header, protocol == 6 ? 40u : 28u);
    EXPECT_EQ(there.how.segment, 0);
    EXPECT_EQ(there.how.kind, v1::transmit::cut::none);
    prepare_to_forward(packet, there);
    const std::size_t field = 20u + there.how.checksum_offset;
    EXPECT_EQ(load_be16(&packet[field]),
              checksum::pseudo_header(from, to, protocol, static_cast<std::uint32_t>(packet.size() - 20)));
  }
}

TEST(plan_forward, several_segments_in_one_are_cut_by_the_device_or_here) {
  for (const std::uint8_t protocol : std::initializer_list<std::uint8_t>{6, 17}) {
    const auto packet = packet_of(protocol, 30'000);
    const forward_plan plan = plan_forward(packet, {.segment = 1400}, clever, false);
    EXPECT_EQ(plan.way, forward_way::finished_by_device);
    EXPECT_EQ(plan.how.segment, 1400);
    EXPECT_EQ(plan.how.kind, protocol == 6 ? v1::transmit::cut::tcp4 : v1::transmit::cut::udp);
    EXPECT_EQ(plan_forward(packet, {.segment = 1400}, plain, false).way, forward_way::segments_cut_here);
    EXPECT_EQ(plan_forward(packet, {.segment = 1480}, clever, false).way, forward_way::too_long);
  }
}

TEST(plan_forward, what_is_too_long_is_cut_where_that_is_allowed) {
  EXPECT_EQ(plan_forward(packet_of(17, 1500), {}, plain, false).way, forward_way::too_long);
  EXPECT_TRUE(plan_forward(packet_of(17, 1500), {}, plain, true).in_fragments) << "as it came";
  auto packet = packet_of(17, 1500, false);
  const forward_plan plan = plan_forward(packet, {.checksum_verified = true}, clever, false);
  EXPECT_TRUE(plan.in_fragments);
  EXPECT_EQ(plan.way, forward_way::finished_here) << "no device sums up fragments";
  packet[0] = std::byte{0x46};
  EXPECT_EQ(plan_forward(packet, {}, plain, false).way, forward_way::cannot_cut) << "with options";
}

/// Keeps what it is given.
struct recording_ipv4 {
  template <v1::fill Fill>
  result<void, v1::net_error> write_packet(ipv4_address, const v1::transmit& how, Fill fill,
                                           const buffer_list& slices) {
    std::vector<std::byte> packet(how.header);
    packet.resize(fill(packet));
    for (const buffer& each : slices) packet.insert(packet.end(), each.view().begin(), each.view().end());
    packets.push_back(std::move(packet));
    return {};
  }
  std::vector<std::vector<std::byte>> packets;
};

TEST(forward_packet, segments_are_those_that_a_device_would_have_made) {
  const test::virtual_node node;
  for (const std::uint8_t protocol : std::initializer_list<std::uint8_t>{6, 17}) {
    auto whole = packet_of(protocol, 3001);
    if (protocol == 6)
      tcp_protocol::store_header(bytes(whole).subspan(ipv4_header::size),
                                 {.source = 1,
                                  .destination = 2,
                                  .seq = tcp_protocol::sequence(0xffff'ff00),
                                  .flags = flag::fin | flag::psh | flag::ack | flag::cwr},
                                 20);
    for (std::size_t i = 0; i < 3001; ++i) whole[whole.size() - 3001 + i] = static_cast<std::byte>(i % 251);
    const forward_plan plan = plan_forward(whole, {.segment = 1400}, plain, false);
    recording_ipv4 by;
    ASSERT_TRUE(forward_packet(by, buffer::copy_of(whole), plan));
    ASSERT_EQ(by.packets.size(), 3u);
    std::vector<std::byte> carried;
    for (std::size_t i = 0; i < 3; ++i) {
      const std::vector<std::byte>& each = by.packets[i];
      const auto header = ipv4_header::of(each);
      ASSERT_TRUE(header && header->is_checksum_right());
      EXPECT_EQ(header->fields().total_length, each.size());
      EXPECT_EQ(sum_of(each, protocol), checksum::verified);
      if (protocol == 6) {
        EXPECT_EQ(load_be32(&each[24]), static_cast<std::uint32_t>(0xffff'ff00 + 1400 * i));
        EXPECT_EQ(std::to_integer<unsigned>(each[33]),
                  flag::ack | (i == 0 ? flag::cwr : 0U) | (i == 2 ? flag::fin | flag::psh : 0U));
      } else {
        EXPECT_EQ(load_be16(&each[24]), each.size() - ipv4_header::size);
      }
      carried.insert(carried.end(), each.begin() + static_cast<std::ptrdiff_t>(plan.how.header), each.end());
    }
    EXPECT_TRUE(std::ranges::equal(carried, cbytes(whole).last(3001)));
  }
}

}  // namespace
}  // namespace mirage
