// SPDX-License-Identifier: ISC
#include "mirage/ipv6/header_chain.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mirage {
namespace {

using namespace std::literals::string_literals;
using verdict = chain_verdict;

/// What follows an IPv6 header that announces `next`.
header_chain walk(std::uint8_t next, const std::string& behind) {
  std::string packet(ipv6_header::size, '\0');
  packet[6] = static_cast<char>(next);
  packet += behind;
  return walk_headers(as_bytes(packet));
}
const std::string no_options = "\x11\x00\x01\x04\0\0\0\0"s;
std::string options(std::uint8_t next, const std::string& what) {
  return std::string{static_cast<char>(next), static_cast<char>((what.size() + 2) / 8 - 1)} + what;
}

TEST(header_chain, an_upper_layer_follows_at_once) {
  const auto chain = walk(17, "12345678");
  EXPECT_EQ(chain.verdict, verdict::upper_layer);
  EXPECT_EQ(chain.protocol, 17);
  EXPECT_EQ(chain.offset, 40u);
  EXPECT_EQ(chain.announced_at, 6u);
}

TEST(header_chain, rfc8200_4_1_headers_in_their_order_are_walked) {
  const auto chain = walk(0, options(60, "\x01\x04\0\0\0\0"s) + options(43, "\x01\x04\0\0\0\0"s) +
                                 "\x3c\x00\x00\x00\0\0\0\0"s + no_options + "udp");
  EXPECT_EQ(chain.verdict, verdict::upper_layer);
  EXPECT_EQ(chain.protocol, 17);
  EXPECT_EQ(chain.offset, 40u + 4 * 8);
  EXPECT_EQ(chain.announced_at, 40u + 3 * 8);
}

TEST(header_chain, rfc8200_4_1_hop_by_hop_options_come_first_or_not_at_all) {
  const auto chain = walk(60, options(0, "\x01\x04\0\0\0\0"s) + no_options);
  EXPECT_EQ(chain.verdict, verdict::problem);
  EXPECT_EQ(chain.what, parameter_problem::unknown_header);
  EXPECT_EQ(chain.pointer, 40u);
}

TEST(header_chain, rfc8200_4_2_the_type_of_an_unknown_option_says_what_is_to_be_done) {
  const auto of_type = [](char type) { return walk(60, options(17, "\0"s + type + "\x01\0\0\0"s) + "udp"); };
  EXPECT_EQ(of_type('\x1e').verdict, verdict::upper_layer);
  EXPECT_EQ(of_type('\x5e').verdict, verdict::unwanted);
  for (const char type : {'\x9e', '\xde'}) {
    const auto chain = of_type(type);
    EXPECT_EQ(chain.verdict, verdict::problem);
    EXPECT_EQ(chain.what, parameter_problem::unknown_option);
    EXPECT_EQ(chain.pointer, 43u);
    EXPECT_EQ(chain.even_of_group, type == '\x9e');
  }
}

TEST(header_chain, options_beyond_their_header_are_malformed) {
  EXPECT_EQ(walk(60, options(17, "\x01\x05\0\0\0\0"s) + "udp").verdict, verdict::malformed);
  EXPECT_EQ(walk(60, options(17, "\x01\x03\0\0\0\x01"s) + "udp").verdict, verdict::malformed);
  EXPECT_EQ(walk(60, "\x11\x01\x01\x0c\0\0\0\0"s).verdict, verdict::malformed);
  EXPECT_EQ(walk(60, "\x11"s).verdict, verdict::malformed);
  EXPECT_EQ(walk(60, "").verdict, verdict::malformed);
  EXPECT_EQ(walk(43, "").verdict, verdict::malformed);
  EXPECT_EQ(walk(44, "1234567").verdict, verdict::malformed);
}

TEST(header_chain, rfc8504_5_3_more_headers_or_options_than_a_packet_needs_are_malformed) {
  std::string many;
  for (int i = 0; i < 8; ++i) many += options(60, "\x01\x04\0\0\0\0"s);
  EXPECT_EQ(walk(60, many + "udp").verdict, verdict::malformed);
  std::string options_in_one;
  for (int i = 0; i < 19; ++i) options_in_one += "\x1e\x00"s;
  EXPECT_EQ(walk(60, options(17, options_in_one) + "udp").verdict, verdict::malformed);
}

TEST(header_chain, rfc5095_a_routing_header_of_type_0_is_not_followed) {
  const auto chain = walk(43, "\x11\x02\x00\x01\0\0\0\0"s + std::string(16, 'x') + "udp");
  EXPECT_EQ(chain.verdict, verdict::problem);
  EXPECT_EQ(chain.what, parameter_problem::erroneous_field);
  EXPECT_EQ(chain.pointer, 42u);
  EXPECT_EQ(walk(43, "\x11\x02\x00\x00\0\0\0\0"s + std::string(16, 'x') + "udp").verdict,
            verdict::upper_layer)
      << "nothing is left of it";
}

TEST(header_chain, rfc8200_4_7_nothing_may_follow) {
  EXPECT_EQ(walk(59, "whatever").verdict, verdict::nothing);
}

TEST(header_chain, fragments_are_told) {
  const auto last = walk(44, "\x11\0\0\x08\0\0\0\x01payload"s);
  EXPECT_EQ(last.verdict, verdict::fragment);
  EXPECT_EQ(last.offset, 40u);
  EXPECT_TRUE(last.was_fragment);
  EXPECT_EQ(walk(44, "\x11\0\0\x01\0\0\0\x01payload."s).verdict, verdict::fragment);
  const auto atomic = walk(44, "\x11\0\0\0\0\0\0\x01payload"s);
  EXPECT_EQ(atomic.verdict, verdict::upper_layer);
  EXPECT_TRUE(atomic.was_fragment);
  EXPECT_EQ(atomic.offset, 48u);
  EXPECT_EQ(walk(44, "\x2c\0\0\0\0\0\0\x01\x11\0\0\0\0\0\0\x01"s).verdict, verdict::malformed) << "twice";
}

TEST(header_chain, rfc7112_the_first_fragment_holds_all_headers) {
  for (const auto& first : {"\x3c\0\0\x01\0\0\0\x01\x11\x01\x01\x04\0\0\0\0"s,
                            "\x06\0\0\x01\0\0\0\x01"
                            "0123456789abcdef"s,
                            "\x3c\0\0\x01\0\0\0\x01"s}) {
    const auto chain = walk(44, first);
    EXPECT_EQ(chain.verdict, verdict::problem);
    EXPECT_EQ(chain.what, parameter_problem::incomplete_chain);
  }
}

TEST(header_chain, a_router_alert_is_noticed) {
  EXPECT_TRUE(walk(0, options(58, "\x05\x02\0\0\x01\0"s) + "icmp").router_alert);
  EXPECT_FALSE(walk(0, options(58, "\x01\x04\0\0\0\0"s) + "icmp").router_alert);
}

TEST(header_chain, rfc4443_2_4_e_errors_beget_no_errors) {
  const auto may = [](std::uint8_t next, const std::string& behind) {
    std::string packet(ipv6_header::size, '\0');
    packet[6] = static_cast<char>(next);
    return may_be_answered_with_error(as_bytes(packet + behind));
  };
  EXPECT_TRUE(may(17, "udp"));
  EXPECT_TRUE(may(58, "\x80"s));
  EXPECT_FALSE(may(58, "\x01"s));
  EXPECT_FALSE(may(58, "\x89"s));
  EXPECT_FALSE(may(58, ""));
  EXPECT_FALSE(may(60, "\x3a\x00\xc7\x04\0\0\0\0\x01"s));
  EXPECT_FALSE(may(44, "\x3a\0\0\x01\0\0\0\x01\x01"s));
  EXPECT_TRUE(may(60, "\x3a\x00\xc7\x04\0\0\0\0\x80"s));
}

}  // namespace
}  // namespace mirage
