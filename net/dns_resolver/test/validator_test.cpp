// SPDX-License-Identifier: ISC
// The chain of trust in a made-up Internet on virtual time, and what breaks it.
#include "mirage/dns_resolver/validator.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include <mirage/dns_resolver/recursor.hpp>
#include <mirage/test/virtual_node.hpp>

#include "signed_zone.hpp"

namespace mirage {
namespace {

using dns::extended_error;
using dns::rcode;
using dns::record_type;
using test::name_of;

constexpr ip_address root_server = "198.41.0.4";
constexpr ip_address org_server = "192.0.2.1";
constexpr ip_address example_server = "192.0.2.3";
constexpr ip_address plain_server = "192.0.2.4";
constexpr ip_address www = "203.0.113.80";
constexpr ip_address other = "203.0.113.81";

struct validator_test : testing::Test {
  validator_test() {
    root = &world.add_zone(".", {root_server});
    root->ns("org", "ns.org").a("ns.org", org_server);
    root->records.push_back({name_of("org"), record_type::ds, org_key.ds(name_of("org"))});
    org = &world.add_zone("org", {org_server});
    org->ns("example.org", "ns.example.org").a("ns.example.org", example_server);
    org->ns("plain.org", "ns.plain.org").a("ns.plain.org", plain_server);
    org->records.push_back({name_of("example.org"), record_type::ds, example_key.ds(name_of("example.org"))});
    example = &world.add_zone("example.org", {example_server});
    example->a("www.example.org", www).a("a.b.example.org", www).cname("alias.example.org", "www.plain.org");
    world.add_zone("plain.org", {plain_server}).a("www.plain.org", www);
    test::sign(*root, root_key, 30 * 86400);
    test::sign(*org, org_key, 30 * 86400);
    test::sign(*example, example_key);
  }

  dns_recursor_options options() {
    dns_recursor_options made;
    made.roots.push_back(root_server);
    const auto ds = root_key.ds(dns::name());
    std::string text = std::to_string(load_be16(ds.data())) + ":13:2:";
    for (const std::byte each : cbytes(ds).subspan(4)) {
      constexpr std::string_view digits = "0123456789abcdef";
      text += digits[static_cast<std::size_t>(each >> 4)];
      text += digits[static_cast<std::size_t>(each & std::byte{15})];
    }
    made.trust_anchors.push_back(*dns_trust_anchor::parse(text));
    return made;
  }
  dns_resolution resolve(std::string_view name, record_type type = record_type::a,
                         bool checking_disabled = false) {
    auto ask = [&]() -> task<dns_resolution> {
      co_return co_await recursor.resolve(name_of(name), type, checking_disabled);
    };
    world.asked.clear();
    return node.run(ask());
  }
  /// Secure, insecure, or why it is a failure.
  std::string outcome(std::string_view name, record_type type = record_type::a) {
    const dns_resolution found = resolve(name, type);
    if (found.code == rcode::server_failure)
      return found.why ? "failure " + std::to_string(static_cast<int>(*found.why)) : "failure";
    return std::string(dns::name_of(found.code)) + (found.is_secure ? " secure" : " insecure");
  }
  test::internet::record& record_of(test::internet::zone& zone, std::string_view name, record_type type) {
    return *std::ranges::find_if(
        zone.records, [&](const auto& each) { return each.owner == name_of(name) && each.type == type; });
  }
  test::internet::record& signature_of(test::internet::zone& zone, std::string_view name, record_type type) {
    return *std::ranges::find_if(zone.records, [&](const auto& each) {
      return each.owner == name_of(name) && each.type == record_type::rrsig &&
             load_be16(each.data.data()) == static_cast<std::uint16_t>(type);
    });
  }

  test::virtual_node node;
  test::internet world;
  test::zone_key root_key{1};
  test::zone_key org_key{2};
  test::zone_key example_key{3};
  test::internet::zone* root = nullptr;
  test::internet::zone* org = nullptr;
  test::internet::zone* example = nullptr;
  dns_recursor recursor{"recursor", world, options()};
};

TEST_F(validator_test, WhatIsSignedIsSecure) {
  EXPECT_EQ(outcome("www.example.org"), "NOERROR secure");
  EXPECT_EQ(outcome("www.example.org"), "NOERROR secure");
  EXPECT_TRUE(world.asked.empty());
  EXPECT_EQ(outcome("a.b.example.org"), "NOERROR secure");
  EXPECT_LE(world.asked.size(), 2U) << "the keys are known";
  EXPECT_EQ(outcome("example.org", record_type::dnskey), "NOERROR secure");
  EXPECT_EQ(outcome("example.org", record_type::ds), "NOERROR secure");
}

TEST_F(validator_test, DenialsAreSecureToo) {
  EXPECT_EQ(outcome("nothing.example.org"), "NXDOMAIN secure");
  EXPECT_EQ(outcome("x.y.nothing.example.org"), "NXDOMAIN secure") << "below what is known not to be there";
  EXPECT_EQ(outcome("www.example.org", record_type::aaaa), "NOERROR secure");
  EXPECT_EQ(outcome("b.example.org"), "NOERROR secure");
  EXPECT_FALSE(resolve("nothing.example.org").proof.empty());
}

TEST_F(validator_test, BelowAnUnsignedDelegationAllIsInsecure) {
  EXPECT_EQ(outcome("www.plain.org"), "NOERROR insecure");
  EXPECT_EQ(outcome("nothing.plain.org"), "NXDOMAIN insecure");
  EXPECT_EQ(outcome("plain.org", record_type::ds), "NOERROR secure");
  EXPECT_EQ(resolve("plain.org", record_type::ds).authority.type, record_type::soa)
      << "also after a referral";
  EXPECT_EQ(outcome("alias.example.org"), "NOERROR insecure") << "no securer than where it leads";
}

TEST_F(validator_test, TheReferralSaysWhetherAZoneIsSigned) {
  EXPECT_EQ(outcome("www.example.org"), "NOERROR secure");
  const auto asks_for_ds = [](const auto& each) { return each.type == record_type::ds; };
  EXPECT_EQ(std::ranges::count_if(world.asked, asks_for_ds), 0);
}

TEST_F(validator_test, WhatIsForgedIsAFailureForAWhile) {
  auto& record = record_of(*example, "www.example.org", record_type::a);
  const auto good = record.data;
  record.data = test::rdata(other);
  EXPECT_EQ(outcome("www.example.org"), "failure 6");
  EXPECT_EQ(outcome("www.example.org"), "failure 6");
  EXPECT_TRUE(world.asked.empty()) << "it is remembered";
  const dns_resolution unchecked = resolve("www.example.org", record_type::a, true);
  EXPECT_EQ(unchecked.code, rcode::no_error) << "for whoever checks himself";
  EXPECT_FALSE(unchecked.is_secure);
  record.data = good;
  node.advance(61s);
  EXPECT_EQ(outcome("www.example.org"), "NOERROR secure");
}

TEST_F(validator_test, SignaturesEnd) {
  EXPECT_EQ(resolve("www.example.org").records[0].ttl, 3600U);
  node.advance(23h + 30min);
  const dns_resolution late = resolve("www.example.org");
  EXPECT_TRUE(late.is_secure);
  EXPECT_LE(late.records[0].ttl, 1800U) << "no longer than the signature";
  node.advance(31min);
  EXPECT_EQ(outcome("www.example.org"), "failure 7");
  test::sign(*example, example_key);
  node.advance(61s);
  EXPECT_EQ(outcome("www.example.org"), "NOERROR secure");
}

TEST_F(validator_test, SignaturesThatAreLeftOutAreMissed) {
  const dns::name owner = name_of("www.example.org");
  std::erase_if(example->records, [&](const auto& each) {
    return each.owner == owner && test::internet::is_of(each, record_type::a) && each.type != record_type::a;
  });
  EXPECT_EQ(outcome("www.example.org"), "failure 10");
  EXPECT_EQ(outcome("a.b.example.org"), "NOERROR secure");
}

TEST_F(validator_test, SignaturesOfAZoneThatIsNoneAreWorthNothing) {
  const auto& record = record_of(*example, "a.b.example.org", record_type::a);
  dns_record_set set{.owner = record.owner, .type = record_type::a};
  set.add(record.data);
  const auto now = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(os::wall().time_since_epoch()).count());
  signature_of(*example, "a.b.example.org", record_type::a).data =
      example_key.sign(set.view(), name_of("b.example.org"), now, 3600);
  EXPECT_EQ(outcome("a.b.example.org"), "failure 10");
}

TEST_F(validator_test, AZoneSignedWithAnotherKeyIsForged) {
  test::sign(*example, test::zone_key{9});
  EXPECT_EQ(outcome("www.example.org"), "failure 9");
  EXPECT_EQ(outcome("nothing.example.org"), "failure 9");
}

TEST_F(validator_test, ADelegationThatIsLeftOutIsMissed) {
  // As if example.org were not signed, without a proof of it.
  std::erase_if(org->records, [](const auto& each) {
    return each.owner == name_of("example.org") && each.type != record_type::ns;
  });
  std::erase_if(example->records, [](const auto& each) { return each.type == record_type::rrsig; });
  EXPECT_EQ(outcome("www.example.org").substr(0, 7), "failure");
}

TEST_F(validator_test, ADenialOfWhatIsThereIsForged) {
  EXPECT_EQ(outcome("www.example.org", record_type::aaaa), "NOERROR secure");
  auto& record = record_of(*example, "www.example.org", record_type::a);
  record.owner = name_of("hidden.example.org");
  EXPECT_EQ(outcome("www.example.org"), "failure 12") << "its NSEC record says that it is there";
}

TEST_F(validator_test, AnAliasMayBeMadeOfADnameRecord) {
  example->records.push_back(
      {name_of("moved.example.org"), record_type::dname, test::rdata(name_of("example.org"))});
  test::sign(*example, example_key);
  const dns_resolution found = resolve("www.moved.example.org");
  EXPECT_TRUE(found.is_secure);
  ASSERT_EQ(found.records.size(), 3U);
  EXPECT_EQ(found.records[0].type, record_type::dname);
  EXPECT_EQ(found.records[1].type, record_type::cname);
  EXPECT_EQ(found.records[2].owner, name_of("www.example.org"));
  // One that it does not make.
  world.servers[example_server].adds = [](dns::message_writer& out) {
    (void)out.add_record(dns::section::answer, name_of("a.moved.example.org"), record_type::cname,
                         dns::record_class::in, 60, test::rdata(name_of("www.plain.org")));
  };
  EXPECT_EQ(outcome("a.moved.example.org"), "failure 6");
}

TEST_F(validator_test, TheRootMustBeTrusted) {
  dns_recursor_options wrong = options();
  wrong.trust_anchors.clear();
  wrong.trust_anchors.push_back(dns_root_anchors[0]);
  dns_recursor distrustful("distrustful", world, wrong);
  auto ask = [&]() -> task<dns_resolution> {
    co_return co_await distrustful.resolve(name_of("www.example.org"), record_type::a);
  };
  EXPECT_EQ(node.run(ask()).code, rcode::server_failure);
}

TEST_F(validator_test, WithoutAnAnchorNothingIsAskedFor) {
  dns_recursor_options none = options();
  none.trust_anchors.clear();
  dns_recursor trustful("trustful", world, none);
  auto ask = [&]() -> task<dns_resolution> {
    co_return co_await trustful.resolve(name_of("www.example.org"), record_type::a);
  };
  const dns_resolution found = node.run(ask());
  EXPECT_EQ(found.code, rcode::no_error);
  EXPECT_FALSE(found.is_secure);
  EXPECT_EQ(world.asked.size(), 3U);
}

TEST_F(validator_test, ServersThatAreSilentAreNoForgery) {
  EXPECT_EQ(outcome("www.example.org"), "NOERROR secure");
  node.advance(30min);
  world.servers[example_server].is_dead = true;
  EXPECT_EQ(outcome("a.b.example.org"), "failure") << "not known what it is worth, nor what it is";
}

TEST(trust_anchor_test, IsADsRecord) {
  const auto anchor = dns_trust_anchor::parse("20326 8 2 00ff");
  ASSERT_TRUE(anchor);
  ASSERT_EQ(anchor->rdata().size(), 6U);
  EXPECT_EQ(anchor->rdata()[5], std::byte{0xff});
  for (const char* text : {"", "1", "1:2:3", "1:2:3:", "1:2:3:0", "1:2:3:0g", "65536:8:2:00", "1:256:2:00",
                           ":8:2:00", "a:8:2:00"})
    EXPECT_FALSE(dns_trust_anchor::parse(text)) << text;
}

}  // namespace
}  // namespace mirage
