// SPDX-License-Identifier: ISC
// What the runner says of scripts that are wrong, and of hosts that are.
#include "runner.hpp"

#include <gtest/gtest.h>

namespace mirage::scripts {
namespace {

std::string said(std::string_view script) { return run_script(script).value_or("nothing"); }

TEST(packet_script, mistakes_have_a_line_and_a_column) {
  EXPECT_EQ(said(""), "1:1: nothing happens in this script");
  EXPECT_EQ(said("mtu\n"), "1:4: a number of bytes is missing");
  EXPECT_EQ(
      said("hosts 1\n"),
      "1:1: `hosts` is no time and no setting; there are: host address peer gateway group mtu arp probe tcp "
      "ipv6 boot router detections neighbours groups");
  EXPECT_EQ(said("+0 quiet\n\n+1 quiet\n"), "3:1: `+1` is no time; write it as +0, +20ms, +1s..2s or 1.5s");
  EXPECT_TRUE(said("+0 < ipv5").starts_with("1:6: there is no layer `ipv5`; there are: eth arp ipv4"));
  EXPECT_EQ(said("+0 < ipv4 / udp 1 > 2 port 7"),
            "1:23: udp has no `port`; it has: src dst length checksum data");
  EXPECT_EQ(said("+0 < ipv4 ttl many"), "1:15: `many` is no number");
  EXPECT_EQ(said("+0 < ipv4 ttl 1 ttl 2"), "1:17: ttl is there twice");
  EXPECT_EQ(said("+0 < ipv4 / udp 1 > 2 data \"x"), "1:28: a text has no end");
  EXPECT_EQ(said("+0 < arp who-has 10.0.0.300"), "1:18: `10.0.0.300` is no address; write it as 10.0.0.1");
  EXPECT_EQ(said("+1s..2s < ipv4"), "1:1: only what the host sends may come from one time to another");
  EXPECT_EQ(said("+0 ipv4"),
            "1:4: `<` (the host receives), `>` (it sends), `:` (its application does) or `quiet` is missing");
  EXPECT_EQ(said("+0 : dance"), "1:6: there is no command `dance`");
  EXPECT_EQ(said("+0 : udp listen many"), "1:17: `many` is no port");
}

TEST(packet_script, a_packet_that_is_different_is_shown_field_by_field) {
  const std::string why = said(
      "+0 : udp echo 7\n"
      "+0 < ipv4 / udp 5000 > 7 data \"hello\"\n"
      "+0 > ipv4 ttl 63 / udp 7 > 5001 data \"hallo\"\n");
  EXPECT_TRUE(why.starts_with("3:1: the host sends another packet\n")) << why;
  EXPECT_NE(why.find("    ipv4 ttl         63                       64\n"
                     "    udp dst          5001                     5000\n"
                     "    udp data         \"hallo\"                  \"hello\"\n"),
            std::string::npos)
      << why;
}

TEST(packet_script, a_packet_that_no_line_says_is_shown) {
  const std::string why = said("+0 < ipv4 / icmp echo-request id 1 seq 2\n+1s quiet\n");
  EXPECT_TRUE(why.starts_with("2:1: before this line the host sends, and no line says so\n")) << why;
  EXPECT_NE(why.find("icmp type 0 code 0"), std::string::npos) << why;
  EXPECT_TRUE(said("+0 < ipv4 / icmp echo-request id 1 seq 2\n").starts_with("1:1: after the last line"))
      << "the end";
}

TEST(packet_script, silence_is_told) {
  EXPECT_TRUE(said("+0 > ipv4 / udp 1 > 2\n").starts_with("1:1: the host sends nothing\n"));
  EXPECT_TRUE(said("+0 : udp heard \"x\"\n").starts_with("1:1: nothing was heard\n"));
}

TEST(packet_script, a_time_is_held) {
  EXPECT_EQ(said("+0 : ping 10.0.0.2\n+0..1s > ipv4 / icmp echo-request id * seq * data *\n"), "nothing");
  const std::string why = said("+0 : ping 10.0.0.2\n+1s..2s > ipv4 / icmp echo-request id * seq *\n");
  EXPECT_NE(why.find("after the line before, not 1.000000..2.000000 s"), std::string::npos) << why;
  EXPECT_EQ(said("+5s quiet\n1s quiet\n"), "2:1: this time is past");
}

TEST(packet_script, what_the_script_leaves_out_is_compared_too) {
  const std::string_view question = "+0 < ipv4 / udp 5000 > 9 data \"x\"\n";
  EXPECT_EQ(said(std::string{question} + "+0 > ipv4 / icmp unreachable port\n"), "nothing");
  EXPECT_NE(said(std::string{question} + "+0 > ipv4 dst 10.0.0.3 / icmp unreachable port\n"), "nothing");
  const std::string echo = "+0 : udp echo 7\n+0 < ipv4 / udp 5000 > 7 data \"x\"\n";
  EXPECT_NE(said(echo + "+0 > ipv4 / udp 7 > 5000\n"), "nothing") << "data that is not mentioned";
  EXPECT_EQ(said(echo + "+0 > ipv4 / udp 7 > 5000 data *\n"), "nothing");
  EXPECT_NE(said(echo + "+0 > ipv4\n"), "nothing") << "a layer that is not mentioned";
}

TEST(packet_script, mistakes_of_ipv6_have_a_line_and_a_column) {
  EXPECT_EQ(said("neighbours\n"), "1:11: say: neighbours by-hand");
  EXPECT_EQ(said("+0 < ipv6 / ns 2001:db8::g"), "1:16: `2001:db8::g` is no address; write it as 2001:db8::1");
  EXPECT_EQ(said("+0 < ipv6 / ra / prefix 2001:db8::"),
            "1:25: `2001:db8::` is no network; write it as 2001:db8::/64");
  EXPECT_EQ(said("ipv6\n+0 < ipv6 dst $five / udp 1 > 2"),
            "2:1: nothing is called $five yet\n    +0 < ipv6 dst $five / udp 1 > 2");
}

TEST(packet_script, a_name_is_what_the_host_has_chosen_first) {
  const std::string boot = "ipv6 link-only\nboot\nneighbours by-hand\n";
  EXPECT_EQ(said(boot + "+0..1s > ipv6 src :: / ns $one / nonce *\n+1001ms : has $one\n"), "nothing");
  const std::string two =
      "+0..1s > ipv6 src :: / ns $one / nonce *\n+0 < ipv6 dst ff02::1 / na $one override / target-link\n";
  EXPECT_EQ(said(boot + two + "+0..1s > ipv6 src :: / ns $other / nonce *\n"), "nothing");
  EXPECT_NE(said(boot + two + "+0..1s > ipv6 src :: / ns $one / nonce *\n"), "nothing");
}

TEST(packet_script, options_and_flags_of_neighbours_are_compared) {
  const std::string question = "ipv6\n+0 < ipv6 / ns 2001:db8::1 / source-link\n";
  const std::string station = " / target-link 02:00:00:00:00:01\n";
  EXPECT_EQ(said(question + "+0 > ipv6 / na 2001:db8::1 solicited override" + station), "nothing");
  EXPECT_NE(said(question + "+0 > ipv6 / na 2001:db8::1 solicited" + station), "nothing");
  EXPECT_NE(said(question + "+0 > ipv6 / na 2001:db8::1 solicited override\n"), "nothing") << "an option";
  EXPECT_NE(said(question + "+0 > ipv6 hops 64 / na 2001:db8::1 solicited override" + station), "nothing");
}

}  // namespace
}  // namespace mirage::scripts
