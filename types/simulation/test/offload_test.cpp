// SPDX-License-Identifier: ISC
#include "mirage/simulation/offload.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/core/endian.hpp"

namespace mirage {
namespace {

using simulation::frame;

constexpr std::size_t ip_at = 14;

frame of_text(std::string_view hex) {
  frame bytes;
  for (std::size_t i = 0; i + 1 < hex.size();) {
    if (hex[i] == ' ') {
      ++i;
      continue;
    }
    bytes.push_back(static_cast<std::byte>(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16)));
    i += 2;
  }
  return bytes;
}

// The sum of a pseudo-header of 192.0.2.1, 192.0.2.2: protocol and length besides.
std::uint16_t pseudo_sum_ipv4(unsigned protocol, std::size_t length) {
  std::uint64_t sum = 0xc000 + 0x0201 + 0xc000 + 0x0202 + protocol + length;
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  return static_cast<std::uint16_t>(sum);
}

constexpr std::string_view ethernet = "020000000002 020000000001 0800 ";
constexpr std::string_view addresses = "c0000201 c0000202 ";

frame tcp_packet(std::size_t payload, bool with_options) {
  const std::string options = with_options ? "01010101" : "";
  frame made =
      of_text(std::string(ethernet) + "45000000 fffe4000 40060000 " + std::string(addresses) +
              "1000 0050 fffffff0 00000001 " + (with_options ? "60" : "50") + "99 1000 0000 0000" + options);
  for (std::size_t i = 0; i < payload; ++i) made.push_back(static_cast<std::byte>('a' + i % 26));
  store_be16(made.data() + 50, pseudo_sum_ipv4(6, made.size() - 34));
  return made;
}

TEST(simulated_offload, cuts_tcp_and_every_segment_is_right) {
  const frame whole = tcp_packet(250, true);
  const v1::transmit how{.header = whole.size(),
                         .checksum_start = 34,
                         .checksum_offset = 16,
                         .segment = 100,
                         .kind = v1::transmit::cut::tcp4};
  simulation::segmenter pieces(whole, how);
  std::vector<frame> cut;
  for (cbytes piece = pieces.next(); !piece.empty(); piece = pieces.next())
    cut.emplace_back(piece.begin(), piece.end());
  ASSERT_EQ(cut.size(), 3u);
  std::string payload;
  for (std::size_t i = 0; i < cut.size(); ++i) {
    const std::byte* const packet = cut[i].data();
    EXPECT_TRUE(simulation::has_right_checksum(cut[i])) << i;
    EXPECT_EQ(load_be16(packet + ip_at + 2), cut[i].size() - ip_at);
    EXPECT_EQ(load_be16(packet + ip_at + 4), (0xfffe + i) & 0xffff) << "identification";
    EXPECT_EQ(load_be32(packet + 38), static_cast<std::uint32_t>(0xfffffff0 + 100 * i)) << "sequence number";
    EXPECT_EQ(packet[47], std::byte(i == 2 ? 0x19 : i == 0 ? 0x90 : 0x10)) << "CWR first; PSH and FIN last";
    payload += as_text(cbytes(cut[i]).subspan(58));
  }
  EXPECT_EQ(payload, as_text(cbytes(whole).subspan(58)));
}

TEST(simulated_offload, cuts_udp_into_datagrams_of_one_length) {
  frame whole = of_text(std::string(ethernet) + "45000000 00010000 40110000 " + std::string(addresses) +
                        "1000 0035 0000 0000");
  whole.resize(whole.size() + 25, std::byte{'u'});
  store_be16(whole.data() + 40, pseudo_sum_ipv4(17, whole.size() - 34));
  simulation::segmenter pieces(whole, {.header = whole.size(),
                                       .checksum_start = 34,
                                       .checksum_offset = 6,
                                       .segment = 10,
                                       .kind = v1::transmit::cut::udp});
  std::vector<std::size_t> lengths;
  for (cbytes piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
    lengths.push_back(load_be16(piece.data() + 38));
    EXPECT_TRUE(simulation::has_right_checksum(piece));
  }
  EXPECT_EQ(lengths, (std::vector<std::size_t>{18, 18, 13}));
}

TEST(simulated_offload, cuts_tcp_over_ipv6) {
  frame whole = of_text(
      "020000000002 020000000001 86dd 60000000 0000 06 40"
      "20010db8000000000000000000000001 20010db8000000000000000000000002"
      "1000 0050 00000001 00000001 5018 1000 0000 0000");
  whole.resize(whole.size() + 30, std::byte{'6'});
  std::uint64_t sum = 2 * (0x2001 + 0x0db8) + 3 + 6 + whole.size() - 54;
  store_be16(whole.data() + 70, static_cast<std::uint16_t>(sum));
  simulation::segmenter pieces(whole, {.header = whole.size(),
                                       .checksum_start = 54,
                                       .checksum_offset = 16,
                                       .segment = 20,
                                       .kind = v1::transmit::cut::tcp6});
  std::vector<std::size_t> lengths;
  for (cbytes piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
    lengths.push_back(load_be16(piece.data() + 18));
    EXPECT_TRUE(simulation::has_right_checksum(piece));
  }
  EXPECT_EQ(lengths, (std::vector<std::size_t>{40, 30}));
}

TEST(simulated_offload, a_request_that_is_wrong_makes_a_wrong_checksum) {
  frame packet = tcp_packet(10, false);
  simulation::finish_checksum(packet, 34, 16);
  store_be16(packet.data() + 16, static_cast<std::uint16_t>(packet.size() - ip_at));
  EXPECT_TRUE(simulation::has_right_checksum(packet));
  frame wrong = tcp_packet(10, false);
  store_be16(wrong.data() + 16, static_cast<std::uint16_t>(wrong.size() - ip_at));
  store_be16(wrong.data() + 50, 0);
  simulation::finish_checksum(wrong, 34, 16);
  EXPECT_FALSE(simulation::has_right_checksum(wrong));
}

TEST(simulated_offload, what_it_cannot_judge_it_does_not_call_right) {
  frame packet = tcp_packet(10, false);
  simulation::finish_checksum(packet, 34, 16);
  store_be16(packet.data() + 16, static_cast<std::uint16_t>(packet.size() - ip_at));
  for (std::size_t length = 0; length < packet.size(); ++length)
    EXPECT_FALSE(simulation::has_right_checksum(cbytes(packet).first(length))) << length;
  store_be16(packet.data() + 20, 0x2000);
  EXPECT_FALSE(simulation::has_right_checksum(packet)) << "a fragment";
}

}  // namespace
}  // namespace mirage
