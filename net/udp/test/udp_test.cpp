// SPDX-License-Identifier: ISC
#include "mirage/udp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/memory/ip.hpp"
#include "mirage/test/suites/udp_suite.hpp"
#include "wired_hosts.hpp"

namespace mirage {
namespace {

using internet = test::wired_host::internet;
using device = udp<internet>;
using header = v1::ip_header<ipv4_address>;
static_assert(v1::udp<device>);
static_assert(v1::udp<udp<memory::ip<ipv4_address>, memory::ip<ipv6_address>>>);

struct hosts : test::wired_hosts {
  hosts() {
    near.on_udp = [this](const header& from, buffer&& payload, const v1::received& how) {
      outcomes.push_back(near_udp.input(from, payload, how));
    };
    far.on_udp = [this](const header& from, buffer&& payload, const v1::received& how) {
      outcomes.push_back(far_udp.input(from, payload, how));
    };
  }
  device near_udp{"udp", near.ip};
  device far_udp{"udp", far.ip};
  std::vector<udp_outcome> outcomes;
};

struct subject : private hosts {
  using udp = mirage::udp<internet>;
  using hosts::a_while;
  using hosts::run;
  udp& device() { return far_udp; }
  udp& client() { return near_udp; }
  static ip_address address() { return ipv4_address("10.0.0.2"); }
  static ip_address client_address() { return ipv4_address("10.0.0.1"); }
  static ip_address foreign() { return ipv4_address("10.0.0.77"); }
  static std::optional<ip_address> group() { return ipv4_address("239.1.2.3"); }
};
MIRAGE_CONFORMANCE(udp_suite, net, subject);

struct own_subject : private hosts {
  using udp = mirage::udp<internet>;
  using hosts::a_while;
  using hosts::run;
  udp& device() { return near_udp; }
  udp& client() { return near_udp; }
  static ip_address address() { return ipv4_address::loopback(); }
  static ip_address client_address() { return ipv4_address("10.0.0.1"); }
  static ip_address foreign() { return ipv4_address("10.0.0.77"); }
  static std::optional<ip_address> group() { return std::nullopt; }
};
MIRAGE_CONFORMANCE(udp_suite, net_loopback, own_subject);

constexpr ipv4_address here = "10.0.0.1";
constexpr ipv4_address there = "10.0.0.2";

TEST(udp, nobody_listens_is_told) {
  hosts on;
  EXPECT_TRUE(on.near_udp.write({.destination = {there, 9}}, 1, test::filling("x")));
  on.node.settle();
  EXPECT_EQ(on.outcomes, std::vector{udp_outcome::nobody_listens});
}

TEST(udp, a_question_to_a_broadcast_is_answered_from_our_address) {
  hosts on;
  auto serving = on.far_udp.listen({{}, 9}, [&](v1::datagram&& question) noexcept {
    EXPECT_EQ(question.destination.address, ip_address(ipv4_address("10.0.0.255")));
    EXPECT_TRUE(on.far_udp.write({.destination = question.source, .source = question.destination}, 1,
                                 test::filling("a")));
  });
  endpoint answered;
  auto client =
      on.near_udp.listen({{}, 1000}, [&](v1::datagram&& answer) noexcept { answered = answer.source; });
  EXPECT_TRUE(on.near_udp.write({.destination = {ipv4_address("10.0.0.255"), 9}, .source = {{}, 1000}}, 1,
                                test::filling("q")));
  on.node.settle();
  EXPECT_EQ(answered, endpoint(there, 9));
}

TEST(udp, a_bit_that_changed_on_the_way_is_noticed) {
  hosts on;
  std::string came;
  auto serving = on.far_udp.listen({{}, 9}, [&](v1::datagram&& one) noexcept { came = one.payload.text(); });
  bool corrupt = true;
  on.far.on_udp = [&](const header& from, buffer&& payload, const v1::received& how) {
    if (corrupt) payload.writable()[10] ^= std::byte{4};
    on.outcomes.push_back(on.far_udp.input(from, payload, how));
  };
  EXPECT_TRUE(on.near_udp.write({.destination = {there, 9}}, 5, test::filling("hello")));
  on.node.settle();
  EXPECT_EQ(on.outcomes, std::vector{udp_outcome::dropped});
  corrupt = false;
  EXPECT_TRUE(on.near_udp.write({.destination = {there, 9}}, 5, test::filling("hello")));
  on.node.settle();
  EXPECT_EQ(came, "hello");
}

TEST(udp, a_report_is_believed_of_a_port_that_is_listened_on) {
  hosts on;
  auto client = on.near_udp.listen({here, 1000}, [](v1::datagram&&) noexcept {});
  std::array<std::byte, 8> quoted{};
  udp_header::write(quoted, 1000, 9, 8, 0);
  v1::icmp_report<ipv4_address> report{.about = {.source = here, .destination = there}, .quoted = quoted};
  EXPECT_TRUE(on.near_udp.believes(report));
  report.quoted = cbytes(quoted).first(7);
  EXPECT_FALSE(on.near_udp.believes(report));
  udp_header::write(quoted, 1001, 9, 8, 0);
  report.quoted = quoted;
  EXPECT_FALSE(on.near_udp.believes(report));
}

TEST(udp, many_listeners_are_found_and_have_a_cap) {
  test::virtual_node node;
  memory::network network{test::near_mac};
  memory::ip<ipv4_address> ip{network, here, there};
  udp<memory::ip<ipv4_address>> device{"udp", ip, {.listeners = 100}};
  std::vector<subscription> listening;
  int heard = 0;
  for (std::uint16_t port = 1; port <= 100; ++port) {
    auto one = device.listen({{}, port}, [&heard, port](v1::datagram&&) noexcept { heard += port; });
    ASSERT_TRUE(one.has_value());
    listening.push_back(*std::move(one));
  }
  EXPECT_EQ(test::error_of(device.listen({{}, 101}, [](v1::datagram&&) noexcept {})),
            v1::listen_error::no_memory);
  for (std::uint16_t port = 1; port <= 100; ++port) {
    buffer datagram = buffer::allocate(8);
    udp_header::write(datagram.writable(), 9, port, 8, 0);
    EXPECT_EQ(device.input(header{.source = there, .destination = here}, datagram, {}), udp_outcome::taken);
  }
  EXPECT_EQ(heard, 5050);
  listening.clear();
  EXPECT_TRUE(device.listen({{}, 101}, [](v1::datagram&&) noexcept {}).has_value());
}

}  // namespace
}  // namespace mirage
