// SPDX-License-Identifier: ISC
#include "mirage/nat/table.hpp"

#include <gtest/gtest.h>

#include <set>

#include "mirage/tcp/wire.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

namespace flag = tcp_protocol::flag;

constexpr nat_endpoint host{"192.168.1.10", 40'000};
constexpr nat_endpoint other_host{"192.168.1.11", 40'000};
constexpr nat_endpoint server{"198.51.100.7", 443};
constexpr nat_endpoint stranger{"198.51.100.8", 443};
constexpr ipv4_address ours = "203.0.113.5";

struct nat_tables : testing::Test {
  result<std::uint16_t, nat_refusal> out(nat_protocol protocol, nat_endpoint from, nat_endpoint to,
                                         std::uint8_t flags = flag::syn) {
    return table->outbound({.protocol = protocol, .tcp_flags = flags, .source = from, .destination = to},
                           now);
  }
  result<nat_endpoint, nat_refusal> in(nat_protocol protocol, nat_endpoint from, std::uint16_t port,
                                       std::uint8_t flags = flag::ack) {
    return table->inbound(
        {.protocol = protocol, .tcp_flags = flags, .source = from, .destination = {ours, port}}, now);
  }
  void use(const nat_options& options) { table.emplace(options); }
  /// For how long nothing may come before the session is forgotten.
  duration life() {
    duration waited{};
    for (; table->sessions() != 0 && waited < 24h; waited += 1s) table->expire(now + waited);
    return waited - 1s;
  }

  test::virtual_node node;
  instant now = test::virtual_start;
  std::optional<nat_table> table{nat_options{}};
};

TEST_F(nat_tables, one_end_inside_is_one_port_outside_whoever_it_speaks_to) {
  for (const nat_protocol protocol : {nat_protocol::tcp, nat_protocol::udp, nat_protocol::echo}) {
    const auto first = out(protocol, host, server);
    ASSERT_TRUE(first.has_value());
    EXPECT_EQ(*first, host.port) << "its own port, because it is free";
    EXPECT_EQ(out(protocol, host, stranger), first);
    const auto second = out(protocol, other_host, server);
    ASSERT_TRUE(second.has_value());
    EXPECT_NE(*second, *first);
    EXPECT_EQ(in(protocol, server, *first), host);
    EXPECT_EQ(in(protocol, server, *second), other_host);
  }
  EXPECT_EQ(table->sessions(), 9u);
  EXPECT_EQ(table->mappings(), 6u);
}

TEST_F(nat_tables, ports_that_are_not_free_are_replaced_by_others_of_their_kind) {
  std::set<std::uint16_t> seen;
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto made = out(nat_protocol::udp, {ipv4_address(0xc0a80100 + i), 123}, server);
    ASSERT_TRUE(made.has_value()) << i;
    EXPECT_TRUE(*made < 1024 && *made % 2 == 1) << *made;
    EXPECT_TRUE(seen.insert(*made).second) << *made;
  }
  EXPECT_EQ(*seen.begin(), 3u);
  seen.clear();
  for (std::uint32_t i = 0; i < 500; ++i) {
    const auto made = out(nat_protocol::tcp, {ipv4_address(0xc0a80100 + i), 5000}, server);
    ASSERT_TRUE(made.has_value());
    EXPECT_GE(*made, 1024);
    EXPECT_TRUE(seen.insert(*made).second);
  }
  EXPECT_GT(*seen.rbegin() - *seen.begin(), 40'000) << "from all of the range";
}

TEST_F(nat_tables, when_no_port_is_found_it_says_so) {
  unsigned refused = 0;
  for (std::uint32_t i = 0; i < 600; ++i) {
    const auto made = out(nat_protocol::udp, {ipv4_address(0xc0a80100 + i), 123}, server);
    if (!made) EXPECT_EQ(made.error(), nat_refusal::no_port);
    refused += made ? 0 : 1;
  }
  EXPECT_EQ(refused, 600u - 511u) << "all odd ones from 3 to 1023 are taken";
}

TEST_F(nat_tables, only_who_was_spoken_to_gets_in) {
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  EXPECT_EQ(in(nat_protocol::udp, {server.address, 9999}, host.port), host) << "from any port";
  EXPECT_EQ(in(nat_protocol::udp, stranger, host.port).error(), nat_refusal::filtered);
  EXPECT_EQ(in(nat_protocol::udp, server, 40'001).error(), nat_refusal::no_mapping);
  EXPECT_EQ(in(nat_protocol::tcp, server, host.port).error(), nat_refusal::no_mapping);
  ASSERT_TRUE(out(nat_protocol::tcp, host, server).has_value());
  EXPECT_EQ(in(nat_protocol::tcp, server, host.port), host);
  EXPECT_EQ(in(nat_protocol::tcp, {server.address, 9999}, host.port).error(), nat_refusal::filtered);
}

TEST_F(nat_tables, anybody_gets_in_where_that_is_wanted) {
  use({.endpoint_independent_filtering = true});
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  EXPECT_EQ(in(nat_protocol::udp, stranger, host.port), host);
}

TEST_F(nat_tables, datagrams_from_inside_keep_a_mapping_alive_and_those_from_outside_do_not) {
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  EXPECT_EQ(life(), 5min);
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  for (int i = 0; i < 3; ++i) {
    now += 4min;
    EXPECT_TRUE(out(nat_protocol::udp, host, server).has_value());
    EXPECT_EQ(table->sessions(), 1u);
  }
  now += 4min;
  EXPECT_TRUE(in(nat_protocol::udp, server, host.port).has_value());
  now += 2min;
  EXPECT_FALSE(in(nat_protocol::udp, server, host.port).has_value());
  EXPECT_EQ(table->mappings(), 0u);
}

TEST_F(nat_tables, an_echo_waits_a_minute) {
  ASSERT_TRUE(out(nat_protocol::echo, host, server).has_value());
  EXPECT_EQ(life(), 60s);
}

struct tcp_sessions : nat_tables {
  void from_inside(std::uint8_t flags) { EXPECT_TRUE(out(nat_protocol::tcp, host, server, flags)); }
  void from_outside(std::uint8_t flags) { EXPECT_TRUE(in(nat_protocol::tcp, server, host.port, flags)); }
  void open() {
    from_inside(flag::syn);
    from_outside(flag::syn | flag::ack);
    from_inside(flag::ack);
  }
};

TEST_F(tcp_sessions, one_that_is_half_open_is_forgotten_soon) {
  from_inside(flag::syn);
  EXPECT_EQ(life(), 4min);
  from_inside(flag::syn);
  from_outside(flag::syn | flag::ack);
  EXPECT_EQ(life(), 4min);
}

TEST_F(tcp_sessions, one_that_is_open_stays_for_hours) {
  open();
  EXPECT_EQ(life(), 2h + 4min);
}

TEST_F(tcp_sessions, both_sides_may_open_it_at_once) {
  from_inside(flag::syn);
  from_outside(flag::syn);
  from_inside(flag::syn | flag::ack);
  from_outside(flag::syn | flag::ack);
  EXPECT_EQ(table->sessions(), 1u);
  from_inside(flag::ack);
  EXPECT_EQ(life(), 2h + 4min);
}

TEST_F(tcp_sessions, half_closed_it_is_still_open) {
  open();
  from_inside(flag::fin | flag::ack);
  EXPECT_EQ(life(), 2h + 4min);
}

TEST_F(tcp_sessions, closed_by_both_it_is_forgotten_soon) {
  open();
  from_inside(flag::fin | flag::ack);
  from_outside(flag::fin | flag::ack);
  from_inside(flag::ack);
  EXPECT_EQ(life(), 4min);
}

TEST_F(tcp_sessions, a_reset_counts_only_if_nothing_follows_it) {
  open();
  from_outside(flag::rst);
  now += 3min;
  from_inside(flag::ack);
  EXPECT_EQ(life(), 2h + 4min) << "it was forged";
  open();
  from_outside(flag::rst);
  EXPECT_EQ(life(), 4min);
}

TEST_F(tcp_sessions, the_same_ports_may_be_used_for_a_new_one) {
  open();
  from_inside(flag::fin | flag::ack);
  from_outside(flag::fin | flag::ack);
  open();
  EXPECT_EQ(life(), 2h + 4min);
}

TEST_F(tcp_sessions, a_reset_makes_none) {
  EXPECT_EQ(out(nat_protocol::tcp, host, server, flag::rst).error(), nat_refusal::no_session);
  EXPECT_EQ(table->mappings(), 0u);
}

TEST_F(nat_tables, a_forwarded_port_is_open_to_all_and_stays) {
  const port_forward web{nat_protocol::tcp, 8080, {"192.168.1.2", 80}};
  EXPECT_TRUE(table->forward(web));
  EXPECT_FALSE(table->forward(web));
  EXPECT_FALSE(table->forward({nat_protocol::tcp, 8081, web.to})) << "where would its answers come from?";
  EXPECT_FALSE(table->forward({nat_protocol::tcp, 8080, host}));
  EXPECT_EQ(in(nat_protocol::tcp, stranger, 8080, flag::syn), web.to);
  EXPECT_EQ(out(nat_protocol::tcp, web.to, stranger, flag::syn | flag::ack), std::uint16_t{8080});
  EXPECT_EQ(in(nat_protocol::tcp, server, 8080, flag::rst).error(), nat_refusal::no_session);
  EXPECT_EQ(life(), 4min);
  EXPECT_EQ(table->mappings(), 1u);
  EXPECT_EQ(in(nat_protocol::udp, server, 8080).error(), nat_refusal::no_mapping);
  for (std::uint16_t i = 1; i < nat_table::most_forwards; ++i)
    EXPECT_TRUE(table->forward({nat_protocol::udp, i, {"192.168.1.2", i}}));
  EXPECT_FALSE(table->forward({nat_protocol::udp, 5000, {"192.168.1.2", 5000}})) << "the cap";
}

TEST_F(nat_tables, a_forwarded_port_is_nobody_elses) {
  ASSERT_TRUE(table->forward({nat_protocol::tcp, host.port, {"192.168.1.2", 80}}));
  const auto made = out(nat_protocol::tcp, host, server);
  ASSERT_TRUE(made.has_value());
  EXPECT_NE(*made, host.port);
}

TEST_F(nat_tables, at_the_cap_the_oldest_goes_but_no_open_connection) {
  use({.sessions = 3});
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  ASSERT_TRUE(out(nat_protocol::udp, other_host, server).has_value());
  ASSERT_TRUE(out(nat_protocol::tcp, host, server).has_value());
  EXPECT_TRUE(out(nat_protocol::udp, host, stranger).has_value()) << "for it the half-open one goes";
  EXPECT_TRUE(out(nat_protocol::echo, host, server).has_value()) << "for it the oldest datagram goes";
  EXPECT_EQ(table->take_evicted(), 2u);
  EXPECT_FALSE(in(nat_protocol::udp, server, host.port).has_value());
  EXPECT_TRUE(in(nat_protocol::udp, stranger, host.port).has_value());
  for (const std::uint16_t port : {std::uint16_t{1}, std::uint16_t{2}, std::uint16_t{3}}) {
    const nat_endpoint from{host.address, port};
    ASSERT_TRUE(out(nat_protocol::tcp, from, server).has_value());
    ASSERT_TRUE(in(nat_protocol::tcp, server, port, flag::syn | flag::ack).has_value());
    ASSERT_TRUE(out(nat_protocol::tcp, from, server, flag::ack).has_value());
  }
  EXPECT_EQ(out(nat_protocol::udp, host, server).error(), nat_refusal::full);
  EXPECT_EQ(table->sessions(), 3u);
  now += 3h;
  EXPECT_TRUE(out(nat_protocol::udp, host, server).has_value());
}

TEST_F(nat_tables, a_host_whose_last_session_had_to_go_gets_a_new_mapping) {
  use({.sessions = 1});
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  EXPECT_TRUE(out(nat_protocol::udp, host, stranger).has_value());
  EXPECT_EQ(table->mappings(), 1u);
  EXPECT_EQ(table->sessions(), 1u);
}

TEST_F(nat_tables, a_stranger_cannot_end_the_mapping_that_he_comes_in_by) {
  use({.sessions = 1, .endpoint_independent_filtering = true});
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  EXPECT_EQ(in(nat_protocol::udp, stranger, host.port), host);
  EXPECT_EQ(table->mappings(), 1u);
  EXPECT_EQ(life(), 5min);
  EXPECT_EQ(table->mappings(), 0u);
}

TEST_F(nat_tables, reports_find_mappings_and_change_nothing) {
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  EXPECT_EQ(table->outside_port(nat_protocol::udp, host), host.port);
  EXPECT_FALSE(table->outside_port(nat_protocol::udp, other_host).has_value());
  EXPECT_EQ(table->inside_of(nat_protocol::udp, host.port, server), host);
  EXPECT_FALSE(table->inside_of(nat_protocol::udp, host.port, stranger).has_value());
  EXPECT_EQ(table->sessions(), 1u);
}

TEST_F(nat_tables, all_but_what_is_forwarded_can_be_forgotten) {
  ASSERT_TRUE(table->forward({nat_protocol::udp, 53, {"192.168.1.2", 53}}));
  ASSERT_TRUE(out(nat_protocol::udp, host, server).has_value());
  ASSERT_TRUE(out(nat_protocol::tcp, host, server).has_value());
  table->clear();
  EXPECT_EQ(table->sessions(), 0u);
  EXPECT_EQ(table->mappings(), 1u);
}

}  // namespace
}  // namespace mirage
