// SPDX-License-Identifier: ISC
// The recursor on virtual time, in a made-up Internet whose servers may lie.
#include "mirage/dns_resolver/recursor.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mirage/core/scope.hpp>
#include <mirage/test/virtual_node.hpp>

#include "internet.hpp"

namespace mirage {
namespace {

using dns::rcode;
using dns::record_type;
using test::name_of;

constexpr ip_address root_server = "198.41.0.4";
constexpr ip_address org_server = "192.0.2.1";
constexpr ip_address com_server = "192.0.2.2";
constexpr ip_address example_server = "192.0.2.3";
constexpr ip_address second_server = "192.0.2.4";
constexpr ip_address bank_server = "192.0.2.5";
constexpr ip_address www = "203.0.113.80";
constexpr ip_address bank = "203.0.113.1";

struct recursor_test : testing::Test {
  recursor_test() {
    root = &world.add_zone(".", {root_server});
    root->ns("org", "ns.org").a("ns.org", org_server).ns("com", "ns.com").a("ns.com", com_server);
    org = &world.add_zone("org", {org_server});
    org->ns("example.org", "ns.example.org").a("ns.example.org", example_server);
    com = &world.add_zone("com", {com_server});
    com->ns("bank.com", "ns.bank.com").a("ns.bank.com", bank_server);
    example = &world.add_zone("example.org", {example_server, second_server});
    example->a("www.example.org", www).a("ns.example.org", example_server).a("a.b.c.d.e.f.example.org", www);
    world.add_zone("bank.com", {bank_server}).a("www.bank.com", bank);
  }

  static dns_recursor_options options() {
    dns_recursor_options made;
    made.roots.push_back(root_server);
    return made;
  }

  dns_resolution resolve(std::string_view name, record_type type = record_type::a) {
    auto ask = [&]() -> task<dns_resolution> { co_return co_await recursor.resolve(name_of(name), type); };
    world.asked.clear();
    return node.run(ask());
  }
  /// The address that the resolution ends with, or the code in words.
  std::string outcome(std::string_view name) {
    const dns_resolution found = resolve(name);
    if (found.code != rcode::no_error) return std::string(name_of_code(found.code));
    if (found.records.empty() || found.records.back().type != record_type::a) return "no address";
    std::string text;
    found.records.back().for_each([&](cbytes data) {
      const auto address = ipv4_address::load(data.data());
      text_stream out{[&](std::string_view chunk) { text += chunk; }};
      format(out, address);
    });
    return text;
  }
  static std::string_view name_of_code(rcode code) { return dns::name_of(code); }
  [[nodiscard]] std::vector<std::string> seen_by(const ip_address& server) const {
    std::vector<std::string> names;
    for (const auto& each : world.asked) {
      if (each.server != server) continue;
      std::string& text = names.emplace_back();
      text_stream out{[&](std::string_view chunk) { text += chunk; }};
      format(out, each.name);
    }
    return names;
  }
  using names = std::vector<std::string>;

  test::virtual_node node;
  test::internet world;
  test::internet::zone* root;
  test::internet::zone* org;
  test::internet::zone* com;
  test::internet::zone* example;
  dns_recursor recursor{"recursor", world, options()};
};

TEST_F(recursor_test, ANameIsFoundFromTheRootAndNobodyIsToldMoreThanHeMustKnow) {
  EXPECT_EQ(outcome("www.example.org"), "203.0.113.80");
  EXPECT_EQ(seen_by(root_server), names{"org."});
  EXPECT_EQ(seen_by(org_server), names{"example.org."});
  EXPECT_EQ(seen_by(example_server), names{"www.example.org."});
}

TEST_F(recursor_test, WhatIsKnownIsNotAskedForAgain) {
  EXPECT_EQ(outcome("www.example.org"), "203.0.113.80");
  EXPECT_EQ(outcome("WWW.example.org"), "203.0.113.80");
  EXPECT_TRUE(world.asked.empty());
  EXPECT_EQ(outcome("ns.example.org"), "192.0.2.3");
  EXPECT_EQ(world.asked.size(), 1U) << "only the zone's own server";
}

TEST_F(recursor_test, RecordsAgeAndAreAskedForAgain) {
  example->a("soon.example.org", www, 10);
  EXPECT_EQ(resolve("soon.example.org").records[0].ttl, 10U);
  node.advance(4s);
  EXPECT_EQ(resolve("soon.example.org").records[0].ttl, 6U);
  EXPECT_TRUE(world.asked.empty());
  node.advance(7s);
  EXPECT_EQ(resolve("soon.example.org").records[0].ttl, 10U);
  EXPECT_EQ(world.asked.size(), 1U);
}

TEST_F(recursor_test, ALongNameIsShownAfterFourLabels) {
  EXPECT_EQ(outcome("a.b.c.d.e.f.example.org"), "203.0.113.80");
  EXPECT_LE(seen_by(example_server).size(), 5U);
  EXPECT_EQ(seen_by(example_server).back(), "a.b.c.d.e.f.example.org.");
}

TEST_F(recursor_test, DenialsAreKept) {
  const dns_resolution none = resolve("nothing.example.org");
  EXPECT_EQ(none.code, rcode::name_error);
  EXPECT_EQ(none.authority.type, record_type::soa);
  EXPECT_EQ(none.authority.ttl, 60U);
  EXPECT_EQ(resolve("nothing.example.org").code, rcode::name_error);
  EXPECT_TRUE(world.asked.empty());
  // There is nothing below what does not exist (RFC 8020).
  EXPECT_EQ(resolve("x.y.nothing.example.org").code, rcode::name_error);
  EXPECT_TRUE(world.asked.empty());
  const dns_resolution other_type = resolve("www.example.org", record_type::aaaa);
  EXPECT_EQ(other_type.code, rcode::no_error);
  EXPECT_TRUE(other_type.records.empty());
  node.advance(61s);
  EXPECT_EQ(resolve("nothing.example.org").code, rcode::name_error);
  EXPECT_FALSE(world.asked.empty());
}

TEST_F(recursor_test, AliasesLeadToOtherZones) {
  example->cname("shop.example.org", "www.bank.com");
  const dns_resolution found = resolve("shop.example.org");
  ASSERT_EQ(found.records.size(), 2U);
  EXPECT_EQ(found.records[0].type, record_type::cname);
  EXPECT_EQ(found.records[1].owner, name_of("www.bank.com"));
}

TEST_F(recursor_test, ALoopOfAliasesFails) {
  example->cname("a.example.org", "b.example.org").cname("b.example.org", "a.example.org");
  EXPECT_EQ(resolve("a.example.org").code, rcode::server_failure);
  EXPECT_LT(world.asked.size(), 10U);
}

TEST_F(recursor_test, ServersWithoutGlueAreLookedUp) {
  org->ns("far.org", "www.bank.com");
  world.add_zone("far.org", {bank}).a("www.far.org", www);
  EXPECT_EQ(outcome("www.far.org"), "203.0.113.80");
}

TEST_F(recursor_test, ZonesThatNeedEachOtherFailSoon) {
  org->ns("one.org", "ns.two.org").ns("two.org", "ns.one.org");
  EXPECT_EQ(resolve("www.one.org").code, rcode::server_failure);
  EXPECT_LE(world.asked.size(), 64U);
  // And it is remembered for a while (RFC 9520).
  EXPECT_EQ(resolve("www.one.org").code, rcode::server_failure);
  EXPECT_TRUE(world.asked.empty());
}

TEST_F(recursor_test, AReferralToManyServersCostsLittle) {
  // As in the NXNSAttack: every one of them would have to be looked up at the victim's.
  for (int i = 0; i < 50; ++i) org->ns("attack.org", "ns" + std::to_string(i) + ".bank.com");
  EXPECT_EQ(resolve("www.attack.org").code, rcode::server_failure);
  EXPECT_LT(seen_by(bank_server).size(), 20U);
}

TEST_F(recursor_test, AServerIsNotBelievedAboutOtherZones) {
  world.servers[example_server].adds = [](dns::message_writer& out) {
    const auto lie = test::rdata(ip_address("6.6.6.6"));
    const auto in = dns::record_class::in;
    (void)out.add_record(dns::section::answer, name_of("www.bank.com"), record_type::a, in, 86400, lie);
    (void)out.add_record(dns::section::authority, name_of("bank.com"), record_type::ns, in, 86400,
                         test::rdata(name_of("ns.example.org")));
    (void)out.add_record(dns::section::additional, name_of("ns.bank.com"), record_type::a, in, 86400, lie);
  };
  EXPECT_EQ(outcome("www.example.org"), "203.0.113.80");
  EXPECT_EQ(outcome("www.bank.com"), "203.0.113.1");
  example->cname("shop.example.org", "www.bank.com");
  EXPECT_EQ(outcome("shop.example.org"), "203.0.113.1");
}

TEST_F(recursor_test, GlueIsNoAnswer) {
  // The zone above says something else of the server's address than the zone itself.
  org->ns("glue.org", "ns.glue.org").a("ns.glue.org", second_server);
  world.add_zone("glue.org", {second_server}).a("ns.glue.org", www);
  EXPECT_EQ(outcome("ns.glue.org"), "203.0.113.80");
}

TEST_F(recursor_test, AZoneCannotReferUpwards) {
  test::internet::zone& evil = world.add_zone("evil.org", {second_server});
  org->ns("evil.org", "ns.evil.org").a("ns.evil.org", second_server);
  world.servers[second_server].adds = [](dns::message_writer& out) {
    (void)out.add_record(dns::section::authority, name_of("org"), record_type::ns, dns::record_class::in,
                         86400, test::rdata(name_of("ns.evil.org")));
  };
  evil.a("www.evil.org", www);
  EXPECT_EQ(outcome("www.evil.org"), "203.0.113.80");
  world.asked.clear();
  EXPECT_EQ(outcome("www.example.org"), "203.0.113.80");
  EXPECT_TRUE(seen_by(second_server).empty());
}

TEST_F(recursor_test, TheFasterServerIsPreferredAndADeadOneIsPassedOver) {
  org->ns("example.org", "ns2.example.org").a("ns2.example.org", second_server);
  world.servers[example_server].is_dead = true;
  EXPECT_EQ(outcome("www.example.org"), "203.0.113.80");
  for (int i = 0; i < 20; ++i) example->a("host" + std::to_string(i) + ".example.org", www);
  std::size_t to_the_dead = 0;
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(outcome("host" + std::to_string(i) + ".example.org"), "203.0.113.80");
    to_the_dead += seen_by(example_server).size();
  }
  EXPECT_LE(to_the_dead, 1U);
}

TEST_F(recursor_test, WhatIsOutOfDateIsBetterThanNothing) {
  example->a("stale.example.org", www, 10);
  EXPECT_EQ(outcome("stale.example.org"), "203.0.113.80");
  for (auto& [address, server] : world.servers) server.is_dead = true;
  node.advance(1h);
  const dns_resolution found = resolve("stale.example.org");
  EXPECT_EQ(found.code, rcode::no_error);
  ASSERT_EQ(found.records.size(), 1U);
  EXPECT_EQ(found.records[0].ttl, 30U);
  // While it is known that nobody answers, nobody is asked.
  EXPECT_EQ(outcome("stale.example.org"), "203.0.113.80");
  EXPECT_TRUE(world.asked.empty());
  node.advance(25h);
  EXPECT_EQ(resolve("stale.example.org").code, rcode::server_failure);
}

TEST_F(recursor_test, ManyWhoWantTheSameShareTheWork) {
  int found = 0;
  auto ask = [&]() -> task<> {
    const auto answer = co_await recursor.resolve(name_of("www.example.org"), record_type::a);
    if (answer.code == rcode::no_error) ++found;
  };
  auto work = [&]() -> task<> {
    scope asking;
    for (int i = 0; i < 20; ++i) (void)asking.spawn(ask);
    co_await asking.join();
  };
  node.run(work());
  EXPECT_EQ(found, 20);
  EXPECT_EQ(world.asked.size(), 3U);
}

TEST_F(recursor_test, WhoWaitsForACancelledOneAsksItself) {
  int found = 0;
  auto ask = [&]() -> task<> {
    const auto answer = co_await recursor.resolve(name_of("www.example.org"), record_type::a);
    if (answer.code == rcode::no_error) ++found;
  };
  scope first;
  scope second;
  ASSERT_TRUE(first.spawn(ask));
  ASSERT_TRUE(second.spawn(ask));
  node.advance(15ms);
  first.cancel();
  node.advance(1s);
  EXPECT_EQ(found, 1);
}

TEST_F(recursor_test, ADsRecordIsAskedForAboveTheCut) {
  org->records.push_back({name_of("example.org"), record_type::ds, std::vector<std::byte>(36)});
  EXPECT_EQ(outcome("www.example.org"), "203.0.113.80");
  const dns_resolution found = resolve("example.org", record_type::ds);
  EXPECT_EQ(found.code, rcode::no_error);
  ASSERT_EQ(found.records.size(), 1U);
  EXPECT_EQ(seen_by(example_server).size(), 0U);
}

TEST_F(recursor_test, AZoneThatIsSilentLeavesRoomForOthers) {
  org->ns("silent.org", "ns.silent.org").a("ns.silent.org", "192.0.2.99");
  dns_recursor_options few = options();
  few.per_zone = 8;
  dns_recursor bounded("bounded", world, few);
  unsigned failed = 0;
  auto ask = [&](std::string name) -> task<> {
    const dns_resolution found = co_await bounded.resolve(name_of(name), record_type::a);
    if (found.code == rcode::server_failure) ++failed;
  };
  // The first finds the zone, and then the flood knows it, too.
  scope flood;
  ASSERT_TRUE(flood.spawn("ask", ask("first.silent.org")).has_value());
  node.advance(200ms);
  for (unsigned i = 0; i < 100; ++i)
    ASSERT_TRUE(flood.spawn("ask", ask("r" + std::to_string(i) + ".silent.org")).has_value());
  node.settle();
  EXPECT_EQ(failed, 93U) << "all but those who wait for the servers";
  auto honest = [&]() -> task<dns_resolution> {
    co_return co_await bounded.resolve(name_of("www.bank.com"), record_type::a);
  };
  EXPECT_EQ(node.run(honest()).code, rcode::no_error);
  node.advance(1min);
  EXPECT_EQ(failed, 101U);
  EXPECT_EQ(flood.size(), 0U);
}

TEST_F(recursor_test, TheCacheIsBounded) {
  dns_recursor_options small = options();
  small.facts = 20;
  dns_recursor bounded("bounded", world, small);
  auto ask = [&](std::string name) -> task<dns_resolution> {
    co_return co_await bounded.resolve(name_of(name), record_type::a);
  };
  for (int i = 0; i < 100; ++i) {
    const auto found = node.run(ask("random" + std::to_string(i) + ".example.org"));
    EXPECT_EQ(found.code, rcode::name_error);
    EXPECT_LE(bounded.cache().size(), 20U);
  }
}

}  // namespace
}  // namespace mirage
