// SPDX-License-Identifier: ISC
#include "mirage/icmp.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/suites/icmp_suite.hpp"
#include "wired_hosts.hpp"

namespace mirage {
namespace {

using internet = test::wired_host::internet;
using device = icmp<internet>;
using header = v1::ip_header<ipv4_address>;
static_assert(v1::icmp<device>);

constexpr ipv4_address here = "10.0.0.1";
constexpr ipv4_address there = "10.0.0.2";

struct hosts : test::wired_hosts {
  explicit hosts(const icmp_options& options = {}) : far_icmp("icmp", far.ip, options) {
    near.on_icmp = [this](const header& from, buffer&& message, const v1::received&) {
      near_messages.emplace_back(message.text());
      near_icmp.input(from, std::move(message), reports);
    };
    far.on_icmp = [this](const header& from, buffer&& message, const v1::received&) {
      far_icmp.input(from, std::move(message), reports);
    };
  }
  device near_icmp{"icmp", near.ip};
  device far_icmp;
  test::recording_reports<ipv4_address> reports;
  std::vector<std::string> near_messages;
};

struct subject : private hosts {
  using icmp = device;
  using hosts::a_while;
  using hosts::run;
  icmp& device() { return near_icmp; }
  static ipv4_address ours() { return here; }
  static ipv4_address there() { return mirage::there; }
  static ipv4_address nobody() { return "10.0.0.77"; }

 private:
  static constexpr ipv4_address here = mirage::here;
};
MIRAGE_CONFORMANCE(icmp_suite, net, subject);

TEST(icmp, a_long_ping_is_answered_in_fragments) {
  hosts on;
  auto took = on.node.run(on.near_icmp.ping(there, 9000, 1s));
  EXPECT_EQ(test::outcome(took), "ok");
  EXPECT_EQ(test::error_of(on.node.run(on.near_icmp.ping(there, 65'600, 1s))), v1::net_error::too_long);
}

TEST(icmp, a_ping_ends_when_it_is_reported_that_it_did_not_get_there) {
  hosts on;
  on.far.on_icmp = [&on](const header& from, buffer&& message, const v1::received&) {
    on.far_icmp.send_error(icmp_error::host_unreachable, {from, on.far.ip.header_in_hand(), message.view()});
  };
  const instant begun = os::now();
  EXPECT_EQ(test::error_of(on.node.run(on.near_icmp.ping(there, 56, 1h))), v1::net_error::unreachable);
  EXPECT_LT(os::now() - begun, 1s);
  EXPECT_TRUE(on.reports.reports.empty()) << "it is nobody else's";
}

TEST(icmp, we_can_ping_ourselves) {
  hosts on;
  EXPECT_EQ(test::outcome(on.node.run(on.near_icmp.ping(here, 56, 1s))), "ok");
  EXPECT_EQ(test::outcome(on.node.run(on.near_icmp.ping(ipv4_address::loopback(), 56, 1s))), "ok");
}

TEST(icmp, what_all_are_asked_is_not_answered) {
  hosts on;
  for (const ipv4_address to : {ipv4_address("10.0.0.255"), ipv4_address("224.0.0.1")})
    EXPECT_EQ(test::error_of(on.node.run(on.near_icmp.ping(to, 56, 1s))), v1::net_error::unreachable);
  EXPECT_TRUE(on.near_messages.empty());
}

TEST(icmp, answers_have_a_rate) {
  hosts on({.echo_replies = 10, .echo_burst = 5});
  const auto ping_many = [&] {
    for (int i = 0; i < 20; ++i) {
      auto fill = [](bytes to) noexcept {
        icmp_header::write(to, icmp_type::echo_request, 0, 0, 1, 1);
        icmp_header::finish(to.first(8));
        return std::size_t{8};
      };
      EXPECT_TRUE(on.near.ip.write({.destination = there, .protocol = v1::ip_protocol::icmp}, {.header = 8},
                                   fill, {}));
    }
    on.node.settle();
    return std::exchange(on.near_messages, {}).size();
  };
  EXPECT_EQ(ping_many(), 5u);
  on.node.advance(300ms);
  EXPECT_EQ(ping_many(), 3u);
}

TEST(icmp, a_late_answer_wakes_nobody_and_one_from_another_host_neither) {
  hosts on;
  on.far.network.hold(true);
  EXPECT_EQ(test::error_of(on.node.run(on.near_icmp.ping(there, 0, 1s))), v1::net_error::unreachable);
  on.far.network.hold(false);
  on.node.settle();
  EXPECT_EQ(on.near_messages.size(), 1u);
}

struct telling : testing::Test, hosts {
  telling() : hosts({.errors = 100, .error_burst = 2}) {
    far.on_udp = [this](const header& from, buffer&& payload, const v1::received&) {
      far_icmp.send_error(icmp_error::port_unreachable, {from, far.ip.header_in_hand(), payload.view()});
    };
  }
  void send(std::string_view payload, ipv4_address to = there) {
    EXPECT_TRUE(near.ip.write({.destination = to}, {.header = payload.size()}, test::fill_with(payload), {}));
    node.settle();
  }
};

TEST_F(telling, the_sender_is_told_with_its_own_bytes) {
  send("datagram");
  ASSERT_EQ(reports.reports.size(), 1u);
  const auto& report = reports.reports[0];
  EXPECT_EQ(report.what, v1::icmp_report<ipv4_address>::kind::port_unreachable);
  EXPECT_EQ(report.about.source, here);
  EXPECT_EQ(report.about.destination, there);
  EXPECT_EQ(report.about.protocol, v1::ip_protocol::udp);
  EXPECT_EQ(reports.quoted[0], "datagram");
}

TEST_F(telling, no_more_is_quoted_than_fits_in_576_bytes) {
  send(std::string(1400, 'x'));
  ASSERT_EQ(near_messages.size(), 1u);
  EXPECT_EQ(near_messages[0].size(), 576u - 20);
  send(test::pattern(4000));
  ASSERT_EQ(near_messages.size(), 2u) << "of what came in fragments, too";
  EXPECT_TRUE(reports.quoted[1] == test::pattern(4000).substr(0, 576 - 48));
}

TEST_F(telling, a_router_tells_of_what_was_for_somebody_else) {
  static constexpr ipv4_address elsewhere = "192.0.2.1";
  far.on_udp = [this](const header& from, buffer&& payload, const v1::received&) {
    header about = from;
    about.destination = elsewhere;
    far_icmp.send_error(icmp_error::port_unreachable, {about, far.ip.header_in_hand(), payload.view()});
    far_icmp.send_error_of_router(icmp_error::fragmentation_needed,
                                  {about, far.ip.header_in_hand(), payload.view(), 1300});
    far_icmp.send_error_of_router(icmp_error::ttl_exceeded,
                                  {about, far.ip.header_in_hand(), payload.view(), 1300});
  };
  send("datagram");
  ASSERT_EQ(reports.reports.size(), 2u) << "a host does not";
  EXPECT_EQ(reports.reports[0].what, v1::icmp_report<ipv4_address>::kind::too_long);
  EXPECT_EQ(reports.reports[0].mtu, 1300u);
  EXPECT_EQ(reports.reports[1].what, v1::icmp_report<ipv4_address>::kind::expired);
  EXPECT_EQ(near_messages[1].substr(0, 2), std::string("\x0b\0", 2));
  EXPECT_EQ(near_messages[1].substr(4, 4), std::string(4, '\0'));
}

TEST_F(telling, there_is_a_rate) {
  for (int i = 0; i < 10; ++i) send("datagram");
  EXPECT_EQ(reports.reports.size(), 2u);
  node.advance(10ms);
  send("datagram");
  EXPECT_EQ(reports.reports.size(), 3u);
}

TEST_F(telling, nobody_is_told_of_what_came_to_all) {
  send("datagram", ipv4_address::broadcast());
  send("datagram", "224.0.0.1");
  EXPECT_TRUE(reports.reports.empty());
}

TEST(error_message, is_not_about_errors_fragments_or_strange_sources) {
  std::array<std::byte, 20> packet{};
  ipv4_header::write(packet, {.source = here, .destination = there, .protocol = 17});
  std::array<std::byte, 8> payload{};
  icmp_subject about{{.source = here, .destination = there}, packet, payload};
  EXPECT_TRUE(may_be_told(about));
  for (const ipv4_address source :
       {ipv4_address::any(), ipv4_address("224.0.0.1"), ipv4_address::broadcast()}) {
    icmp_subject strange = about;
    strange.header.source = source;
    EXPECT_FALSE(may_be_told(strange));
  }
  about.header.protocol = v1::ip_protocol::icmp;
  for (unsigned type = 0; type < 256; ++type) {
    payload[0] = static_cast<std::byte>(type);
    EXPECT_EQ(may_be_told(about), type == 0 || type == 8) << type;
  }
  about.header.protocol = v1::ip_protocol::udp;
  ipv4_header::write(packet, {.source = here, .destination = there, .fragment_offset = 8});
  EXPECT_FALSE(may_be_told(about));
  about.header_bytes = {};
  EXPECT_FALSE(may_be_told(about));
}

TEST(rate_limit, gives_a_burst_and_then_so_many_a_second) {
  rate_limit limit(10, 3);
  instant now{1000s};
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now));
  int taken = 0;
  for (int i = 0; i < 1000; ++i) taken += limit.take(now += 10ms) ? 1 : 0;
  EXPECT_EQ(taken, 100);
  now += 1h;
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.take(now));
  EXPECT_FALSE(limit.take(now)) << "a long rest gives no more than a burst";
}

}  // namespace
}  // namespace mirage
