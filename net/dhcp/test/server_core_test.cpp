// SPDX-License-Identifier: ISC
// What the server answers to each message: RFC 2131 §4.3, table 4, and who gets which address.
#include "mirage/dhcp/server_core.hpp"

#include <gtest/gtest.h>

#include "core_pair.hpp"
#include "mirage/dhcp/message_writer.hpp"

namespace mirage {
namespace {

using type = dhcp_message_type;
using verdict = dhcp_server_core::verdict;

struct ask {
  type what;
  mac_address mac = test::dhcp_mac;
  ipv4_address ours{};
  std::optional<ipv4_address> wanted{};
  std::optional<ipv4_address> server{};
  ipv4_address relay{};
  std::optional<std::uint32_t> lease{};
  std::string identifier{};
  std::string information{};  ///< of the relay
  std::optional<std::uint16_t> greatest{};
};

std::string message_of(const ask& from) {
  std::array<std::byte, 600> room;
  std::array<std::byte, 6> mac;
  from.mac.store(mac.data());
  dhcp_message_writer writer(
      room, {.hardware_address = mac, .transaction = 9, .client_address = from.ours, .relay = from.relay});
  if (from.what != type::none) writer.add(from.what);
  if (from.wanted) writer.add(dhcp_option::requested_address, *from.wanted);
  if (from.server) writer.add(dhcp_option::server_identifier, *from.server);
  if (from.lease) writer.add32(dhcp_option::lease_time, *from.lease);
  if (from.greatest) writer.add16(dhcp_option::greatest_message, *from.greatest);
  if (!from.identifier.empty()) writer.add(dhcp_option::client_identifier, from.identifier);
  if (!from.information.empty()) writer.add(dhcp_option::relay_information, from.information);
  return std::string(as_text(cbytes(room).first(writer.finish())));
}

constexpr ipv4_address ours = "10.0.0.1";

mac_address station(std::uint8_t number) { return mac_address({2, 0, 0, 0, 1, number}); }

struct fixture {
  test::virtual_node node;
  dhcp_server_core server;
  instant now = test::virtual_start;
  std::string answer;

  explicit fixture(const dhcp_server_options& options = test::served_network()) : server(options) {}

  dhcp_server_core::outcome send(const ask& what) {
    const std::string message = message_of(what);
    const auto outcome = server.input(as_bytes(message), now);
    answer.clear();
    if (outcome.answer) {
      std::array<std::byte, dhcp_server_core::greatest_message> room;
      const std::size_t size = server.emit(*outcome.answer, as_bytes(message), room);
      answer = as_text(cbytes(room).first(size));
    }
    return outcome;
  }
  /// The address that a new client gets; unspecified if none.
  ipv4_address join(mac_address mac) {
    const auto offer = send({.what = type::discover, .mac = mac});
    if (!offer.answer) return {};
    const auto ack =
        send({.what = type::request, .mac = mac, .wanted = offer.answer->address, .server = ours});
    return ack.answer && ack.answer->type == type::ack ? ack.answer->address : ipv4_address();
  }
  [[nodiscard]] dhcp_message message() const { return *dhcp_message::of(as_bytes(answer)); }
  [[nodiscard]] dhcp_options options() const { return *dhcp_options::of(message()); }
};

TEST(dhcp_server, clients_get_addresses_until_the_pool_is_used_up) {
  fixture on;
  EXPECT_EQ(on.join(station(1)), ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.join(station(2)), ipv4_address("10.0.0.101"));
  EXPECT_EQ(on.join(station(3)), ipv4_address("10.0.0.102"));
  EXPECT_EQ(on.send({.what = type::discover, .mac = station(4)}).what, verdict::no_address);
  EXPECT_EQ(on.server.taken(on.now), 3u);
  EXPECT_EQ(on.join(station(2)), ipv4_address("10.0.0.101")) << "who has one keeps it";
  on.now += 1h;
  EXPECT_EQ(on.server.taken(on.now), 0u);
  EXPECT_EQ(on.join(station(3)), ipv4_address("10.0.0.102")) << "and gets it again";
  EXPECT_EQ(on.join(station(4)), ipv4_address("10.0.0.100")) << "the one that is over for the longest time";
}

TEST(dhcp_server, an_offer_says_all) {
  fixture on;
  const auto outcome = on.send({.what = type::discover});
  ASSERT_TRUE(outcome.answer);
  EXPECT_EQ(outcome.answer->to, (endpoint{ipv4_address::broadcast(), 68}));
  EXPECT_EQ(on.message().operation(), dhcp_operation::reply);
  EXPECT_EQ(on.message().transaction(), 9u);
  EXPECT_EQ(on.message().your_address(), ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.message().mac(), test::dhcp_mac);
  EXPECT_EQ(on.options().type(), type::offer);
  EXPECT_EQ(on.options().address(dhcp_option::server_identifier), ours);
  EXPECT_EQ(on.options().address(dhcp_option::subnet_mask), ipv4_address("255.255.255.0"));
  EXPECT_EQ(on.options().number32(dhcp_option::lease_time), 3600u);
  EXPECT_EQ(on.options().number32(dhcp_option::renewal_time), 1800u);
  EXPECT_EQ(on.options().number32(dhcp_option::rebinding_time), 3150u);
}

TEST(dhcp_server, a_wanted_address_is_given_if_it_is_free) {
  fixture on;
  EXPECT_EQ(on.send({.what = type::discover, .mac = station(1), .wanted = ipv4_address("10.0.0.102")})
                .answer->address,
            ipv4_address("10.0.0.102"));
  EXPECT_EQ(on.send({.what = type::discover, .mac = station(2), .wanted = ipv4_address("10.0.0.102")})
                .answer->address,
            ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.send({.what = type::discover, .mac = station(3), .wanted = ipv4_address("10.0.0.5")})
                .answer->address,
            ipv4_address("10.0.0.101"))
      << "it is reserved for another";
}

TEST(dhcp_server, a_reserved_address_goes_to_its_station_only) {
  fixture on;
  const mac_address printer = "02:00:00:00:00:99";
  EXPECT_EQ(on.join(printer), ipv4_address("10.0.0.5"));
  std::array<std::byte, 64> room;
  EXPECT_EQ(on.options().text(dhcp_option::host_name, room), "printer");
  EXPECT_EQ(
      on.send({.what = type::request, .mac = station(1), .wanted = ipv4_address("10.0.0.5"), .server = ours})
          .answer->type,
      type::nak);
  EXPECT_EQ(on.send({.what = type::discover, .mac = printer, .identifier = "second stage"}).answer->address,
            ipv4_address("10.0.0.5"))
      << "the same station with another identifier";
}

TEST(dhcp_server, the_identifier_tells_clients_apart_and_comes_back) {
  fixture on;
  EXPECT_EQ(on.send({.what = type::discover, .identifier = "one"}).answer->address,
            ipv4_address("10.0.0.100"));
  std::array<std::byte, 64> room;
  EXPECT_EQ(on.options().text(dhcp_option::client_identifier, room), "one");
  EXPECT_EQ(on.send({.what = type::discover, .identifier = "two"}).answer->address,
            ipv4_address("10.0.0.101"));
  EXPECT_EQ(on.send({.what = type::discover, .mac = station(5), .identifier = "one"}).answer->address,
            ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.send({.what = type::discover, .identifier = std::string(900, 'x')}).what, verdict::taken);
}

TEST(dhcp_server, offers_end_and_are_taken_from_the_oldest_when_nothing_else_is_left) {
  fixture on;
  for (std::uint8_t i = 1; i <= 3; ++i) {
    EXPECT_TRUE(on.send({.what = type::discover, .mac = station(i)}).answer);
    on.now += 1s;
  }
  EXPECT_EQ(on.server.taken(on.now), 3u);
  EXPECT_EQ(on.join(station(4)), ipv4_address("10.0.0.100"))
      << "a flood of discoverers does not starve others";
  EXPECT_EQ(
      on.send(
            {.what = type::request, .mac = station(1), .wanted = ipv4_address("10.0.0.100"), .server = ours})
          .answer->type,
      type::nak);
  on.now += 60s;
  EXPECT_EQ(on.server.taken(on.now), 1u);
}

TEST(dhcp_server, who_takes_the_offer_of_another_server_frees_ours) {
  fixture on;
  EXPECT_TRUE(on.send({.what = type::discover}).answer);
  EXPECT_EQ(
      on.send(
            {.what = type::request, .wanted = ipv4_address("10.0.0.100"), .server = ipv4_address("10.0.0.2")})
          .what,
      verdict::other_server);
  EXPECT_EQ(on.server.taken(on.now), 0u);
}

TEST(dhcp_server, lease_times_are_within_the_limits) {
  fixture on;
  EXPECT_EQ(on.send({.what = type::discover, .lease = 7200}).answer->lease, duration(2h));
  EXPECT_EQ(on.send({.what = type::discover, .lease = 1}).answer->lease, duration(60s));
  EXPECT_EQ(on.send({.what = type::discover, .lease = 0xffffffff}).answer->lease, duration(24h));
}

TEST(dhcp_server, after_a_restart_clients_keep_their_addresses) {
  fixture on;
  const auto renewal = on.send({.what = type::request, .ours = "10.0.0.101"});
  EXPECT_EQ(renewal.answer->type, type::ack);
  EXPECT_EQ(renewal.answer->to, (endpoint{ipv4_address("10.0.0.101"), 68}));
  EXPECT_EQ(on.send({.what = type::request, .mac = station(2), .ours = "10.0.0.101"}).answer->type,
            type::nak);
  EXPECT_EQ(
      on.send({.what = type::request, .mac = station(2), .wanted = ipv4_address("10.0.0.102")}).answer->type,
      type::ack);
  EXPECT_EQ(on.send({.what = type::request, .mac = station(3), .ours = "10.0.0.200"}).answer->type, type::nak)
      << "not of the pool";
}

TEST(dhcp_server, without_authority_the_unknown_are_not_answered_but_the_lost_are_refused) {
  dhcp_server_options options = test::served_network();
  options.authoritative = false;
  fixture on(options);
  EXPECT_EQ(on.send({.what = type::request, .ours = "10.0.0.101"}).what, verdict::unknown);
  EXPECT_EQ(on.send({.what = type::request, .wanted = ipv4_address("10.0.0.101")}).what, verdict::unknown);
  const auto refusal = on.send({.what = type::request, .wanted = ipv4_address("192.168.1.1")});
  ASSERT_TRUE(refusal.answer);
  EXPECT_EQ(refusal.answer->type, type::nak);
  EXPECT_EQ(refusal.answer->to, (endpoint{ipv4_address::broadcast(), 68}));
  EXPECT_TRUE(on.message().your_address().is_unspecified());
  EXPECT_FALSE(on.options().has(dhcp_option::lease_time));
  EXPECT_EQ(on.join(station(1)), ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.send({.what = type::request, .mac = station(1), .ours = "10.0.0.100"}).answer->type,
            type::ack);
}

TEST(dhcp_server, a_declined_address_is_left_alone_for_a_while) {
  fixture on;
  EXPECT_EQ(on.join(station(1)), ipv4_address("10.0.0.100"));
  EXPECT_EQ(
      on.send(
            {.what = type::decline, .mac = station(2), .wanted = ipv4_address("10.0.0.100"), .server = ours})
          .what,
      verdict::unknown)
      << "it is not that client's";
  EXPECT_EQ(
      on.send(
            {.what = type::decline, .mac = station(1), .wanted = ipv4_address("10.0.0.100"), .server = ours})
          .what,
      verdict::taken);
  EXPECT_EQ(on.join(station(1)), ipv4_address("10.0.0.101"));
  EXPECT_EQ(on.join(station(2)), ipv4_address("10.0.0.102"));
  EXPECT_EQ(on.join(station(3)), ipv4_address());
  on.now += 10min;
  EXPECT_EQ(on.join(station(3)), ipv4_address("10.0.0.100"));
}

TEST(dhcp_server, only_who_has_an_address_releases_it) {
  fixture on;
  EXPECT_EQ(on.join(station(1)), ipv4_address("10.0.0.100"));
  EXPECT_EQ(on.send({.what = type::release, .mac = station(2), .ours = "10.0.0.100", .server = ours}).what,
            verdict::unknown);
  EXPECT_EQ(on.send({.what = type::release,
                     .mac = station(1),
                     .ours = "10.0.0.100",
                     .server = ipv4_address("10.0.0.2")})
                .what,
            verdict::other_server);
  EXPECT_EQ(on.server.taken(on.now), 1u);
  EXPECT_EQ(on.send({.what = type::release, .mac = station(1), .ours = "10.0.0.100", .server = ours}).what,
            verdict::taken);
  EXPECT_EQ(on.server.taken(on.now), 0u);
}

TEST(dhcp_server, who_informs_gets_the_network_and_no_lease) {
  fixture on;
  const auto outcome = on.send({.what = type::inform, .ours = "10.0.0.77"});
  ASSERT_TRUE(outcome.answer);
  EXPECT_EQ(outcome.answer->to, (endpoint{ipv4_address("10.0.0.77"), 68}));
  EXPECT_EQ(on.options().type(), type::ack);
  EXPECT_TRUE(on.message().your_address().is_unspecified());
  EXPECT_FALSE(on.options().has(dhcp_option::lease_time));
  EXPECT_TRUE(on.options().has(dhcp_option::name_servers));
  EXPECT_EQ(on.server.taken(on.now), 0u);
  EXPECT_EQ(on.send({.what = type::inform, .ours = "192.0.2.1"}).what, verdict::no_network)
      << "packets are not sent to strangers";
  EXPECT_EQ(on.send({.what = type::inform}).what, verdict::malformed);
}

dhcp_server_options two_networks() {
  dhcp_server_options options = test::served_network();
  options.networks.push_back(
      {.network = ipv4_prefix("10.1.0.0/16"), .first = "10.1.0.10", .last = "10.1.0.20"});
  return options;
}

TEST(dhcp_server, relays_are_answered_for_their_network) {
  fixture on(two_networks());
  const std::string information("\x01\x04port", 6);
  const auto offer = on.send({.what = type::discover, .relay = "10.1.0.1", .information = information});
  ASSERT_TRUE(offer.answer);
  EXPECT_EQ(offer.answer->to, (endpoint{ipv4_address("10.1.0.1"), 67}));
  EXPECT_EQ(offer.answer->address, ipv4_address("10.1.0.10"));
  EXPECT_EQ(on.message().relay(), ipv4_address("10.1.0.1"));
  EXPECT_EQ(on.options().address(dhcp_option::subnet_mask), ipv4_address("255.255.0.0"));
  EXPECT_NE(on.answer.find("\x52\x06" + information + "\xff"), std::string::npos) << "as the last option";
  const auto refusal =
      on.send({.what = type::request, .wanted = ipv4_address("10.0.0.100"), .relay = "10.1.0.1"});
  EXPECT_EQ(refusal.answer->type, type::nak);
  EXPECT_EQ(refusal.answer->to, (endpoint{ipv4_address("10.1.0.1"), 67}));
  EXPECT_TRUE(on.message().wants_broadcast());
  EXPECT_EQ(on.send({.what = type::discover, .relay = "192.0.2.1"}).what, verdict::no_network);
}

TEST(dhcp_server, who_was_relayed_renews_without_the_relay) {
  fixture on(two_networks());
  const auto ack = on.send({.what = type::request, .ours = "10.1.0.12"});
  EXPECT_EQ(ack.answer->type, type::ack);
  EXPECT_EQ(ack.answer->to, (endpoint{ipv4_address("10.1.0.12"), 68}));
  EXPECT_EQ(on.options().address(dhcp_option::subnet_mask), ipv4_address("255.255.0.0"));
}

TEST(dhcp_server, routes_carry_the_default_route) {
  dhcp_server_options options = test::served_network();
  options.networks[0].routes = {{ipv4_prefix("10.9.0.0/16"), "10.0.0.9"}};
  fixture on(options);
  EXPECT_TRUE(on.send({.what = type::discover}).answer);
  std::array<std::byte, 256> room;
  dhcp_routes routes;
  ASSERT_TRUE(read_classless_routes(*on.options().find(dhcp_option::classless_routes, room), routes));
  ASSERT_EQ(routes.size(), 2u);
  EXPECT_EQ(routes[0], (dhcp_route{ipv4_prefix("10.9.0.0/16"), "10.0.0.9"}));
  EXPECT_EQ(routes[1], (dhcp_route{{}, "10.0.0.1"}));
}

TEST(dhcp_server, answers_are_no_longer_than_the_client_takes) {
  dhcp_server_options options = test::served_network();
  const std::string domain(100, 'd');
  options.networks[0].domain = domain;
  for (int i = 0; i < 15; ++i) options.networks[0].name_servers.push_back("10.0.0.53");
  for (int i = 0; i < 11; ++i) options.networks[0].routes.push_back({ipv4_prefix("10.9.0.0/32"), "10.0.0.9"});
  fixture on(options);
  EXPECT_TRUE(on.send({.what = type::discover}).answer);
  EXPECT_LE(on.answer.size(), 548u);
  EXPECT_TRUE(on.options().has(dhcp_option::overload)) << "the other fields are used";
  EXPECT_TRUE(on.send({.what = type::discover, .greatest = std::uint16_t{1}}).answer);
  EXPECT_LE(on.answer.size(), 548u);
  EXPECT_TRUE(on.send({.what = type::discover, .greatest = std::uint16_t{0xffff}}).answer);
  EXPECT_LE(on.answer.size(), 1472u);
  EXPECT_TRUE(on.options().has(dhcp_option::classless_routes));
  EXPECT_FALSE(on.options().has(dhcp_option::overload));
}

TEST(dhcp_server, what_is_no_request_is_not_answered) {
  fixture on;
  EXPECT_EQ(on.send({.what = type::none}).what, verdict::unsupported) << "BOOTP";
  EXPECT_EQ(on.send({.what = type::offer}).what, verdict::unsupported);
  EXPECT_EQ(on.send({.what = type::request}).what, verdict::malformed);
  EXPECT_EQ(on.server.input({}, on.now).what, verdict::malformed);
  std::string reply = message_of({.what = type::discover});
  reply[0] = 2;
  EXPECT_EQ(on.server.input(as_bytes(reply), on.now).what, verdict::malformed);
}

TEST(dhcp_server, a_thousand_forged_clients_take_no_more_than_the_pool) {
  fixture on;
  for (unsigned i = 0; i < 1000; ++i) {
    const mac_address forged({2, 1, 0, 0, static_cast<std::uint8_t>(i >> 8), static_cast<std::uint8_t>(i)});
    static_cast<void>(on.join(forged));
    static_cast<void>(on.send({.what = type::discover, .mac = forged, .identifier = std::to_string(i)}));
    if (i % 3 == 0) on.send({.what = type::release, .mac = forged, .ours = "10.0.0.100", .server = ours});
    if (i % 7 == 0) on.now += 30min;
    ASSERT_LE(on.server.taken(on.now), 3u);
  }
}

}  // namespace
}  // namespace mirage
