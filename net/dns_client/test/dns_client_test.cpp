// SPDX-License-Identifier: ISC
// The client over a stack in memory, against name servers that answer from a table.
#include "mirage/dns_client.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mirage/core/fixed_string.hpp>
#include <mirage/mdns.hpp>
#include <mirage/test/suites/resolver_suite.hpp>
#include <mirage/test/virtual_node.hpp>

#include "name_server.hpp"

namespace mirage {
namespace {

using test::name_of;

constexpr ip_address first_server = "10.0.0.53";
constexpr ip_address second_server = "10.0.0.54";
constexpr ip_address four = "192.0.2.80";
constexpr ip_address six = "2001:db8::80";

/// As the generated main.cpp makes one.
struct tested_client final : dns_client<memory::stack> {
  using dns_client::dns_client;
};
static_assert(v1::resolver<tested_client>);

dns_client_options asks(std::initializer_list<ip_address> servers) {
  dns_client_options options;
  for (const ip_address& each : servers) options.servers.push_back(each);
  return options;
}

struct dns_client_test : testing::Test {
  void make_client(const dns_client_options& options) { client.emplace("names", own, options); }

  using answer = result<v1::address_list, v1::resolve_error>;
  std::vector<ip_address> resolve(std::string_view name) {
    auto ask = [&]() -> task<answer> { co_return co_await client->resolve(name); };
    return addresses(node.run(ask()));
  }
  std::vector<ip_address> resolve_v6(std::string_view name) {
    auto ask = [&]() -> task<answer> { co_return co_await client->resolve_v6(name); };
    return addresses(node.run(ask()));
  }
  std::vector<ip_address> addresses(const answer& found) {
    error = found ? std::optional<v1::resolve_error>() : found.error();
    return found ? std::vector<ip_address>(found->begin(), found->end()) : std::vector<ip_address>();
  }
  double counted(std::string_view name) {
    double total = 0;
    node.counters.for_each([&](const metric& each) {
      if (each.name() == name) total += static_cast<double>(static_cast<const counter&>(each).value());
    });
    return total;
  }

  test::virtual_node node;
  memory::subnet subnet;
  memory::stack own{subnet, {"10.0.0.2"}};
  test::name_server server{subnet, first_server};
  test::name_server other{subnet, second_server};
  std::optional<tested_client> client{std::in_place, "names", own, asks({first_server, second_server})};
  std::optional<v1::resolve_error> error;
  using both = std::vector<ip_address>;
};

TEST_F(dns_client_test, BothVersionsAreAskedForAtOnce) {
  server.add("www.example.org", {six, four});
  const instant before = node.time();
  EXPECT_EQ(resolve("www.example.org"), (both{six, four}));
  EXPECT_LT(node.time() - before, 1ms);
  EXPECT_EQ(server.asked.size(), 2U);
  EXPECT_NE(server.asked_from[0], server.asked_from[1]);
}

TEST_F(dns_client_test, AnswersAreKeptAsLongAsTheyHold) {
  server.add("www.example.org", {six, four}, 60);
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  node.advance(59s);
  EXPECT_EQ(resolve("WWW.EXAMPLE.ORG.").size(), 2U);
  EXPECT_EQ(server.asked.size(), 2U);
  node.advance(2s);
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  EXPECT_EQ(server.asked.size(), 4U);
}

TEST_F(dns_client_test, DenialsAreKeptAsLongAsTheZoneSays) {
  EXPECT_TRUE(resolve("nothing.example.org").empty());
  EXPECT_EQ(error, v1::resolve_error::not_found);
  node.advance(29s);
  EXPECT_TRUE(resolve("nothing.example.org").empty());
  EXPECT_EQ(server.asked.size(), 2U);
  node.advance(2s);
  EXPECT_TRUE(resolve("nothing.example.org").empty());
  EXPECT_EQ(server.asked.size(), 4U);
}

TEST_F(dns_client_test, ANameWithOneVersionIsFound) {
  server.add("old.example.org", {four});
  EXPECT_EQ(resolve("old.example.org"), both{four});
  EXPECT_TRUE(resolve_v6("old.example.org").empty());
  EXPECT_EQ(error, v1::resolve_error::not_found);
}

TEST_F(dns_client_test, ManyWhoWantTheSameShareOneQuestion) {
  server.add("www.example.org", {six, four});
  int found = 0;
  auto ask = [&]() -> task<> {
    auto addresses = co_await client->resolve("www.example.org");
    if (addresses && addresses->size() == 2) ++found;
  };
  auto work = [&]() -> task<> {
    scope asking;
    for (int i = 0; i < 20; ++i) (void)asking.spawn(ask);
    co_await asking.join();
  };
  node.run(work());
  EXPECT_EQ(found, 20);
  EXPECT_EQ(server.asked.size(), 2U);
}

TEST_F(dns_client_test, ALostQuestionIsAskedAgain) {
  server.add("www.example.org", {six, four});
  make_client(asks({first_server}));
  server.drops = 4;
  const instant before = node.time();
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  EXPECT_EQ(server.asked.size(), 6U);
  // One second, then two.
  EXPECT_GE(node.time() - before, 3s);
  EXPECT_LT(node.time() - before, 3100ms);
}

TEST_F(dns_client_test, ASilentServerIsPassedOverAndNotAskedFirstAgain) {
  other.add("www.example.org", {six, four});
  other.add("mail.example.org", {six});
  server.drops = 1000;
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  EXPECT_EQ(server.asked.size(), 2U);
  EXPECT_EQ(resolve("mail.example.org").size(), 1U);
  EXPECT_EQ(server.asked.size(), 2U);
}

TEST_F(dns_client_test, ServersThatFailAreAskedOnce) {
  server.always = dns::rcode::server_failure;
  other.always = dns::rcode::refused;
  const instant before = node.time();
  EXPECT_TRUE(resolve("www.example.org").empty());
  EXPECT_EQ(error, v1::resolve_error::failed);
  EXPECT_LT(node.time() - before, 10ms);
  EXPECT_EQ(server.asked.size(), 2U);
  EXPECT_EQ(other.asked.size(), 2U);
  // And for a second not again (RFC 9520 §3.2).
  EXPECT_TRUE(resolve("www.example.org").empty());
  EXPECT_EQ(server.asked.size(), 2U);
  EXPECT_EQ(counted("dns_client_failures_total"), 2);
}

TEST_F(dns_client_test, WithoutAnAnswerItGivesUpAfterThreeRounds) {
  server.drops = 1000;
  make_client(asks({first_server}));
  const instant before = node.time();
  EXPECT_TRUE(resolve("www.example.org").empty());
  EXPECT_EQ(error, v1::resolve_error::failed);
  EXPECT_GE(node.time() - before, 7s);
  EXPECT_LT(node.time() - before, 7100ms);
}

TEST_F(dns_client_test, WithoutServersItFailsAtOnce) {
  make_client({});
  const instant before = node.time();
  EXPECT_TRUE(resolve("www.example.org").empty());
  EXPECT_EQ(error, v1::resolve_error::failed);
  EXPECT_EQ(node.time(), before);
}

TEST_F(dns_client_test, ATruncatedAnswerIsFetchedOverTcp) {
  server.add("www.example.org", {six, four});
  server.truncates = true;
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  EXPECT_EQ(server.asked_by_tcp.size(), 2U);
}

TEST_F(dns_client_test, AnswersInOtherLettersAreFetchedOverTcp) {
  server.add("a-long-name-with-many-letters.example.org", {four});
  server.changes_case = true;
  EXPECT_EQ(resolve("a-long-name-with-many-letters.example.org"), both{four});
  EXPECT_EQ(server.asked_by_tcp.size(), 2U);
  EXPECT_EQ(counted("dns_client_streams_total"), 2);
}

TEST_F(dns_client_test, TheLettersAreInACaseThatChanges) {
  std::set<std::vector<std::byte>> seen;
  server.add("a-long-name-with-many-letters.example.org", {four}, 0);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(resolve("a-long-name-with-many-letters.example.org"), both{four});
  for (const dns::question& each : server.asked) {
    const cbytes wire = each.subject.view().wire();
    seen.insert({wire.begin(), wire.end()});
  }
  EXPECT_EQ(seen.size(), server.asked.size());
}

TEST_F(dns_client_test, AServerThatDoesNotKnowEdnsIsAskedWithout) {
  server.add("www.example.org", {six, four});
  server.knows_edns = false;
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  EXPECT_EQ(server.asked.size(), 4U);
  EXPECT_EQ(other.asked.size(), 0U);
}

TEST_F(dns_client_test, AnswersWithAnotherIdAreDropped) {
  server.add("www.example.org", {four});
  server.forge = [](const v1::datagram&, std::vector<std::byte>& message) { message[0] ^= std::byte{1}; };
  other.add("www.example.org", {six});
  EXPECT_EQ(resolve("www.example.org"), both{six});
  EXPECT_EQ(counted("dns_client_dropped_total"), 2);
}

TEST_F(dns_client_test, AnswersFromElsewhereAreDropped) {
  server.drops = 1000;
  other.add("www.example.org", {six});
  memory::stack stranger{subnet, {"10.0.0.66"}};
  int sent = 0;
  // The stranger knows everything but has another address.
  server.forge = [&](const v1::datagram& came, std::vector<std::byte>& message) {
    auto fill = [&](bytes room) noexcept {
      std::ranges::copy(message, room.begin());
      return message.size();
    };
    const v1::datagram_route route{.destination = came.source, .source = {ip_address("10.0.0.66"), 53}};
    if (stranger.udp().write(route, message.size(), fill)) ++sent;
    message.clear();
  };
  server.add("www.example.org", {four});
  server.drops = 0;
  EXPECT_EQ(resolve("www.example.org"), both{six});
  EXPECT_GT(sent, 0);
}

TEST_F(dns_client_test, TheOtherVersionIsNotWaitedForLong) {
  server.add("www.example.org", {four});
  server.forge = [&](const v1::datagram&, std::vector<std::byte>& message) {
    if (server.asked.back().type == dns::record_type::aaaa) message.clear();
  };
  make_client(asks({first_server}));
  const instant before = node.time();
  EXPECT_EQ(resolve("www.example.org"), both{four});
  EXPECT_LT(node.time() - before, 1100ms);
}

TEST_F(dns_client_test, TheSearchListIsTried) {
  dns_client_options options = asks({first_server});
  options.search.push_back("example.org");
  options.search.push_back("example.com");
  make_client(options);
  server.add("www.example.com", {four});
  server.add("a.b", {six});
  EXPECT_EQ(resolve("www"), both{four});
  EXPECT_EQ(resolve("a.b"), both{six});
  EXPECT_TRUE(resolve("www.").empty());
  EXPECT_EQ(server.asked[0].subject, name_of("www.example.org"));
}

TEST_F(dns_client_test, LocalNamesAreNotAskedFor) {
  EXPECT_EQ(resolve("localhost"), (both{"::1", "127.0.0.1"}));
  EXPECT_EQ(resolve("x.localhost."), (both{"::1", "127.0.0.1"}));
  EXPECT_TRUE(resolve("some.invalid").empty());
  EXPECT_EQ(error, v1::resolve_error::not_found);
  EXPECT_TRUE(server.asked.empty());
}

TEST_F(dns_client_test, QuestionsBeyondTheCapAreRefused) {
  dns_client_options options = asks({first_server});
  options.questions = 4;
  make_client(options);
  server.drops = 1000;
  int failed = 0;
  auto ask = [&](std::string name) -> task<> {
    auto found = co_await client->resolve(name);
    if (!found && found.error() == v1::resolve_error::failed) ++failed;
  };
  scope asking;
  for (int i = 0; i < 10; ++i) ASSERT_TRUE(asking.spawn(ask, "name" + std::to_string(i) + ".example.org"));
  node.settle();
  EXPECT_EQ(failed, 8);
  EXPECT_EQ(counted("dns_client_refused_total"), 16);
}

TEST_F(dns_client_test, WhatNobodyWaitsForAnyMoreStillReachesTheCache) {
  server.add("www.example.org", {six, four});
  auto ask = [&]() -> task<> { (void)co_await client->resolve("www.example.org"); };
  {
    scope asking;
    ASSERT_TRUE(asking.spawn(ask));
    (void)node.step();
  }
  node.settle();
  EXPECT_EQ(resolve("www.example.org").size(), 2U);
  EXPECT_EQ(server.asked.size(), 2U);
}

TEST_F(dns_client_test, AliasesAreFollowedWithinAnAnswer) {
  const auto cname = dns::record_type::cname;
  const auto a = dns::record_type::a;
  // In an order that is not that of the chain.
  server.answers[{"www.example.org", a}] = {
      .records = {{"c.example.net", a, test::rdata(four), 50},
                  {"b.example.net", cname, test::rdata(name_of("c.example.net")), 20},
                  {"www.example.org", cname, test::rdata(name_of("B.example.net"))},
                  {"evil.example.org", a, test::rdata(ip_address("192.0.2.66"))}}};
  EXPECT_EQ(resolve("www.example.org"), both{four});
}

/// A stack that DHCP has told of a server and a domain.
struct told_stack : memory::stack {
  using stack::stack;
  struct told {
    fixed_string<253> domain{"example.com"};
  };
  [[nodiscard]] std::vector<ip_address> dns_servers() const { return {second_server}; }
  [[nodiscard]] const told* configuration() const noexcept { return &configuration_; }

 private:
  told configuration_;
};

TEST_F(dns_client_test, WithoutOptionsItAsksWhomTheStackWasToldOf) {
  told_stack told{subnet, {"10.0.0.3"}};
  struct client_of_told final : dns_client<told_stack> {
    using dns_client::dns_client;
  };
  client_of_told names("names", told);
  other.add("www.example.com", {four});
  auto ask = [&](std::string_view name) -> task<answer> { co_return co_await names.resolve(name); };
  EXPECT_EQ(addresses(node.run(ask("www"))), both{four});
  EXPECT_TRUE(server.asked.empty());
}

struct in_dns {
  using resolver = tested_client;
  static constexpr duration a_while = 1s;
  in_dns() { server.add("www.example.org", {six, four}); }
  void run(task<> work) { node.run(std::move(work)); }
  resolver& device() { return client; }
  static std::string known() { return "www.example.org"; }
  static std::vector<ip_address> addresses() { return {six, four}; }
  static std::string unknown() { return "nothing.example.org"; }
  test::virtual_node node;

 private:
  memory::subnet subnet_;
  memory::stack own_{subnet_, {"10.0.0.2"}};
  test::name_server server{subnet_, first_server};
  tested_client client{"names", own_, asks({first_server})};
};
MIRAGE_CONFORMANCE(resolver_suite, dns_client, in_dns);

TEST_F(dns_client_test, HostsOfTheLinkAnswerForThemselves) {
  memory::stack neighbour{subnet, {four}, "neighbour"};
  mdns_responder<memory::stack> printer("mdns", neighbour, "printer");
  ASSERT_TRUE(node.run(printer.start()).has_value());
  node.run(printer.claimed());
  const instant before = node.time();
  EXPECT_EQ(resolve("Printer.local"), (both{four}));
  EXPECT_LT(node.time() - before, 1s);
  EXPECT_EQ(resolve("scanner.local"), both());
  EXPECT_EQ(error, v1::resolve_error::not_found);
  EXPECT_LE(node.time() - before, 4s);
  EXPECT_EQ(server.asked.size() + other.asked.size(), 0U);
  node.run(printer.stop());
}

}  // namespace
}  // namespace mirage
