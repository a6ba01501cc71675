// SPDX-License-Identifier: ISC
// The client's states, RFC 2131 §4.4, against the server's core.
#include "mirage/dhcp/client_core.hpp"

#include <gtest/gtest.h>

#include "core_pair.hpp"

namespace mirage {
namespace {

using state = dhcp_client_state;
using type = dhcp_message_type;
using types = std::vector<dhcp_message_type>;
using verdict = dhcp_client_core::verdict;
using test::core_pair;

TEST(dhcp_client, discovers_requests_and_is_configured) {
  core_pair on;
  EXPECT_EQ(on.client.configuration(), nullptr);
  EXPECT_EQ(on.client.next_timeout(), never);
  on.start();
  EXPECT_EQ(on.types_sent(), (types{type::discover, type::request}));
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.configured, 1u);
  const dhcp_configuration& got = *on.client.configuration();
  EXPECT_EQ(got.address, ipv4_prefix("10.0.0.100/24"));
  EXPECT_EQ(got.server, ipv4_address("10.0.0.1"));
  ASSERT_EQ(got.routes.size(), 1u);
  EXPECT_EQ(got.routes[0], (dhcp_route{{}, "10.0.0.1"}));
  ASSERT_EQ(got.name_servers.size(), 2u);
  EXPECT_EQ(got.name_servers[1], ipv4_address("10.0.0.54"));
  ASSERT_EQ(got.time_servers.size(), 1u);
  EXPECT_EQ(got.domain, "example.org");
  EXPECT_EQ(got.mtu, 1400);
  EXPECT_EQ(got.lease, duration(1h));
  EXPECT_EQ(on.client.expires(), on.now + 1h);
}

TEST(dhcp_client, messages_say_what_they_must) {
  core_pair on(test::served_network(), {.mac = test::dhcp_mac,
                                        .identifier = dhcp_client_identifier::of(test::dhcp_mac),
                                        .host_name = "uni",
                                        .vendor_class = "mirage"});
  on.start();
  ASSERT_EQ(on.sent.size(), 2u);
  for (const auto& each : on.sent) {
    EXPECT_EQ(each.to, ipv4_address::broadcast());
    EXPECT_TRUE(each.from.is_unspecified());
    EXPECT_TRUE(each.message().client_address().is_unspecified());
    EXPECT_TRUE(each.message().wants_broadcast());
    EXPECT_EQ(each.message().mac(), test::dhcp_mac);
    EXPECT_GE(each.bytes.size(), 300u);
    std::array<std::byte, 64> room;
    EXPECT_EQ(each.options().text(dhcp_option::host_name, room), "uni");
    EXPECT_EQ(each.options().text(dhcp_option::vendor_class, room), "mirage");
    EXPECT_EQ(each.options().find(dhcp_option::client_identifier, room)->size(), 7u);
    EXPECT_TRUE(each.options().has(dhcp_option::parameter_list));
    EXPECT_EQ(each.options().number16(dhcp_option::greatest_message), 1500);
  }
  EXPECT_FALSE(on.sent[0].options().has(dhcp_option::server_identifier));
  EXPECT_EQ(on.sent[1].options().address(dhcp_option::server_identifier), ipv4_address("10.0.0.1"));
  EXPECT_EQ(on.sent[1].options().address(dhcp_option::requested_address), ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.sent[0].message().transaction(), on.sent[1].message().transaction());
}

TEST(dhcp_client, unanswered_it_doubles_its_wait_to_64_seconds) {
  core_pair on;
  on.deaf = true;
  on.start();
  on.run(10min);
  ASSERT_GT(on.sent.size(), 8u);
  for (std::size_t i = 1; i < on.sent.size(); ++i) {
    const double wait = static_cast<double>((on.sent[i].at - on.sent[i - 1].at).count()) / 1e9;
    const double wanted = i < 5 ? 2 * (1 << i) : 64;
    EXPECT_NEAR(wait, wanted, 1.0) << i;
    EXPECT_EQ(on.sent[i].type, type::discover);
    EXPECT_EQ(on.sent[i].message().transaction(), on.sent[0].message().transaction());
    EXPECT_EQ(on.sent[i].message().seconds(), (on.sent[i].at - on.sent[0].at) / 1s);
  }
}

TEST(dhcp_client, an_unanswered_request_is_given_up_after_four) {
  core_pair on;
  on.on_answer = [&](std::string&) { on.deaf = true; };
  on.start();
  on.run(61s);
  EXPECT_EQ(on.types_sent(),
            (types{type::discover, type::request, type::request, type::request, type::request}));
  on.run(4s);
  EXPECT_EQ(on.sent.back().type, type::discover);
}

TEST(dhcp_client, renews_by_unicast_at_half_of_the_lease) {
  core_pair on;
  on.start();
  on.run(1800s);
  ASSERT_EQ(on.sent.size(), 3u);
  const auto& renewal = on.sent[2];
  EXPECT_LE(renewal.at - test::virtual_start, duration(1800s));
  EXPECT_GE(renewal.at - test::virtual_start, duration(1687s));
  EXPECT_EQ(renewal.to, ipv4_address("10.0.0.1"));
  EXPECT_EQ(renewal.from, ipv4_address("10.0.0.100"));
  EXPECT_EQ(renewal.message().client_address(), ipv4_address("10.0.0.100"));
  EXPECT_FALSE(renewal.options().has(dhcp_option::requested_address));
  EXPECT_FALSE(renewal.options().has(dhcp_option::server_identifier));
  EXPECT_EQ(on.answered.back().to, ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.client.expires(), renewal.at + 1h);
  EXPECT_EQ(on.configured, 2u);
  EXPECT_EQ(on.lost, 0u);
}

TEST(dhcp_client, rebinds_by_broadcast_and_then_loses_the_address) {
  core_pair on;
  on.start();
  on.deaf = true;
  on.run(3599s);
  EXPECT_EQ(on.client.state(), state::rebinding);
  EXPECT_NE(on.client.configuration(), nullptr);
  bool rebound = false;
  for (std::size_t i = 2; i < on.sent.size(); ++i) {
    const duration age = on.sent[i].at - test::virtual_start;
    const bool late = age >= 3150s;
    EXPECT_EQ(on.sent[i].to, late ? ipv4_address::broadcast() : ipv4_address("10.0.0.1"));
    EXPECT_EQ(on.sent[i].from, ipv4_address("10.0.0.100"));
    EXPECT_FALSE(on.sent[i].message().wants_broadcast()) << "it has an address";
    if (i > 2) EXPECT_TRUE(on.sent[i].at - on.sent[i - 1].at >= 60s || (late && !rebound)) << i;
    rebound = late;
  }
  EXPECT_LT(on.sent.size(), 16u);
  on.run(1s);
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.client.configuration(), nullptr);
  EXPECT_EQ(on.sent.back().type, type::discover);
  EXPECT_EQ(on.sent.back().options().address(dhcp_option::requested_address), ipv4_address("10.0.0.100"));
  on.deaf = false;
  on.run(10s);
  EXPECT_EQ(on.client.state(), state::bound);
}

TEST(dhcp_client, any_server_may_answer_who_rebinds) {
  core_pair on;
  on.start();
  on.deaf = true;
  on.run(3200s);
  dhcp_server_options other = test::served_network();
  other.address = "10.0.0.2";
  on.server = dhcp_server_core(other);
  on.deaf = false;
  on.run(300s);
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.client.configuration()->server, ipv4_address("10.0.0.2"));
  EXPECT_EQ(on.lost, 0u);
}

TEST(dhcp_client, after_a_long_sleep_the_lease_is_over) {
  core_pair on;
  on.start();
  on.now += 2h;
  on.deaf = true;
  on.pump();
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.sent.back().type, type::discover);
}

TEST(dhcp_client, an_address_in_conflict_is_declined_and_another_is_taken) {
  core_pair on;
  on.start();
  on.client.conflict(on.now);
  on.pump();
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.client.configuration(), nullptr);
  const auto& decline = on.sent.back();
  EXPECT_EQ(decline.type, type::decline);
  EXPECT_EQ(decline.to, ipv4_address::broadcast());
  EXPECT_TRUE(decline.from.is_unspecified());
  EXPECT_EQ(decline.options().address(dhcp_option::requested_address), ipv4_address("10.0.0.100"));
  EXPECT_EQ(decline.options().address(dhcp_option::server_identifier), ipv4_address("10.0.0.1"));
  on.run(9999ms);
  EXPECT_EQ(on.sent.back().type, type::decline) << "ten seconds of silence";
  on.run(1ms);
  EXPECT_EQ(on.client.configuration()->address, ipv4_prefix("10.0.0.101/24"));
}

TEST(dhcp_client, gives_the_address_back) {
  core_pair on;
  on.start();
  EXPECT_EQ(on.server.taken(on.now), 1u);
  on.client.release(on.now);
  on.pump();
  EXPECT_EQ(on.sent.back().type, type::release);
  EXPECT_EQ(on.sent.back().to, ipv4_address("10.0.0.1"));
  EXPECT_EQ(on.sent.back().message().client_address(), ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.server.taken(on.now), 0u);
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.client.next_timeout(), never);
  on.client.start(on.now);
  on.pump();
  EXPECT_EQ(on.client.configuration()->address, ipv4_prefix("10.0.0.100/24")) << "it is remembered";
}

TEST(dhcp_client, asks_first_for_the_address_of_an_earlier_life) {
  core_pair on(test::served_network(), {.mac = test::dhcp_mac, .last_address = ipv4_address("10.0.0.102")});
  on.start();
  EXPECT_EQ(on.types_sent(), types{type::request});
  EXPECT_FALSE(on.sent[0].options().has(dhcp_option::server_identifier));
  EXPECT_TRUE(on.sent[0].message().client_address().is_unspecified());
  EXPECT_EQ(on.client.configuration()->address, ipv4_prefix("10.0.0.102/24"));
}

TEST(dhcp_client, an_address_of_another_network_is_refused_and_it_starts_over) {
  core_pair on(test::served_network(), {.mac = test::dhcp_mac, .last_address = ipv4_address("192.168.0.2")});
  on.start();
  EXPECT_EQ(on.types_sent(), (types{type::request, type::discover, type::request}));
  EXPECT_EQ(on.answered[0].type, type::nak);
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.lost, 0u) << "it never had it";
}

TEST(dhcp_client, nobody_answers_for_the_old_address_so_it_discovers) {
  core_pair on(test::served_network(), {.mac = test::dhcp_mac, .last_address = ipv4_address("10.0.0.102")});
  on.deaf = true;
  on.start();
  on.run(32s);
  EXPECT_EQ(on.types_sent(), (types{type::request, type::request, type::request, type::discover}));
}

TEST(dhcp_client, two_refusals_in_a_row_make_it_wait) {
  core_pair on;
  on.on_answer = [](std::string& answer) {
    if (const auto at = answer.find("\x35\x01\x05", 240); at != std::string::npos) answer[at + 2] = '\x06';
  };
  on.start();
  EXPECT_EQ(on.types_sent(), (types{type::discover, type::request, type::discover, type::request}));
  on.run(1h);
  EXPECT_LT(on.sent.size(), 800u) << "ten seconds each";
}

TEST(dhcp_client, a_new_link_is_asked_about) {
  core_pair on;
  on.start();
  on.client.link_changed(on.now);
  on.pump();
  EXPECT_EQ(on.types_sent(), (types{type::discover, type::request, type::request}));
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.configured, 2u);
}

TEST(dhcp_client, a_random_wait_before_the_first_message) {
  core_pair on(test::served_network(), {.mac = test::dhcp_mac, .start_delay = 10s});
  on.start();
  EXPECT_TRUE(on.sent.empty());
  on.run(10s);
  EXPECT_EQ(on.client.state(), state::bound);
}

// ---- Hostile answers ----

TEST(dhcp_client, answers_to_others_are_not_taken) {
  const auto verdict_of = [](auto change) {
    core_pair on;
    on.on_answer = change;
    on.start();
    EXPECT_EQ(on.client.state(), state::selecting);
    return on.verdicts.at(0);
  };
  EXPECT_EQ(verdict_of([](std::string& m) { m[4] = static_cast<char>(m[4] ^ 1); }), verdict::not_ours);
  EXPECT_EQ(verdict_of([](std::string& m) { m[30] = static_cast<char>(m[30] ^ 1); }), verdict::not_ours);
  EXPECT_EQ(verdict_of([](std::string& m) { m[2] = 5; }), verdict::not_ours);
  EXPECT_EQ(verdict_of([](std::string& m) { m[0] = 1; }), verdict::malformed);
  EXPECT_EQ(verdict_of([](std::string& m) { m.resize(239); }), verdict::malformed);
  EXPECT_EQ(verdict_of([](std::string& m) { m.resize(245); }), verdict::malformed);
  EXPECT_EQ(verdict_of([](std::string& m) { m[242] = 5; }), verdict::unexpected) << "an ACK out of turn";
  EXPECT_EQ(verdict_of([](std::string& m) { m[242] = 6; }), verdict::unexpected) << "a NAK out of turn";
  EXPECT_EQ(verdict_of([](std::string& m) { m[242] = 1; }), verdict::unexpected);
  EXPECT_EQ(verdict_of([](std::string& m) { m.replace(16, 4, 4, '\xff'); }), verdict::refused) << "broadcast";
  EXPECT_EQ(verdict_of([](std::string& m) { m.replace(16, 4, 4, '\0'); }), verdict::refused);
  EXPECT_EQ(verdict_of([](std::string& m) { m[19] = '\xff'; }), verdict::refused) << "of the network";
  EXPECT_EQ(verdict_of([](std::string& m) { m[19] = 0; }), verdict::refused) << "the network itself";
  EXPECT_EQ(verdict_of([](std::string& m) { m[245] = m[246] = m[247] = m[248] = 0; }), verdict::refused)
      << "no server";
}

TEST(dhcp_client, another_server_cannot_refuse_a_request) {
  core_pair on;
  unsigned count = 0;
  on.on_answer = [&](std::string& m) {
    if (++count != 2) return;
    m[242] = 6;
    m[248] = 9;
  };
  on.start();
  EXPECT_EQ(on.verdicts, (std::vector{verdict::taken, verdict::unexpected}));
  EXPECT_EQ(on.client.state(), state::requesting);
}

TEST(dhcp_client, an_acknowledgement_of_another_address_is_refused) {
  core_pair on;
  unsigned count = 0;
  on.on_answer = [&](std::string& m) {
    if (++count == 2) m[19] = 77;
  };
  on.start();
  EXPECT_EQ(on.verdicts, (std::vector{verdict::taken, verdict::refused}));
  on.run(10s);
  EXPECT_EQ(on.client.state(), state::bound) << "the next one is good";
}

TEST(dhcp_client, a_lease_of_a_second_is_refused) {
  core_pair on;
  on.on_answer = [](std::string& m) {
    const auto at = m.find(std::string("\x33\x04\0\0\x0e\x10", 6), 240);
    ASSERT_NE(at, std::string::npos);
    m[at + 4] = 0;
    m[at + 5] = 1;
  };
  on.start();
  EXPECT_EQ(on.verdicts, std::vector{verdict::refused});
}

TEST(dhcp_client, names_that_are_none_are_left_out) {
  core_pair on;
  on.on_answer = [](std::string& m) {
    if (const auto at = m.find("example.org"); at != std::string::npos) m.replace(at, 11, "$(reboot;);");
  };
  on.start();
  ASSERT_EQ(on.client.state(), state::bound);
  EXPECT_TRUE(on.client.configuration()->domain.empty());
}

}  // namespace
}  // namespace mirage
