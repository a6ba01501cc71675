// SPDX-License-Identifier: ISC
// A primary and a secondary over stacks in memory, under virtual time.
#include "mirage/dns_secondary.hpp"

#include <gtest/gtest.h>

#include "asking.hpp"
#include "mirage/dns_notifier.hpp"
#include "mirage/dns_server.hpp"
#include "mirage/memory/stack.hpp"

namespace mirage::dns {
namespace {

constexpr ip_address primary_address("10.0.0.1");
constexpr ip_address secondary_address("10.0.0.2");

struct two_servers {
  mirage::test::virtual_node node;
  name origin = *name::parse("example.");
  memory::subnet subnet;
  memory::stack near{subnet, {primary_address}, "near"};
  memory::stack far{subnet, {secondary_address}, "far"};
  key_ring keys;
  zone_table zones;
  zone_versions versions{zones};
  zone_table copies;
  zone_versions copied{copies};
  dns_notifier<memory::stack> notifier{"notifier", near, keys};
  dns_secondary<memory::stack> secondary{"secondary", far, copied, keys};
  std::optional<dns_server<memory::stack>> server;
  std::optional<dns_server<memory::stack>> second;
  scope running;

  explicit two_servers(std::string_view rule = "#xfr") {
    keys.add(*tsig_key::parse("xfr:hmac-sha256:AAECAwQFBgcICQoLDA0ODw=="));
    server.emplace(
        "dns", near, zones,
        dns_server_options{
            .peers = {.keys = &keys, .transfer_to = {*transfer_rule::parse(rule)}, .versions = &versions}});
    second.emplace("second", far, copies,
                   dns_server_options{.peers = {.keys = &keys, .notified = &secondary}});
    notifier.add({.at = {secondary_address, 53}, .key = *name::parse("xfr.")});
    versions.watch(notifier);
    secondary.add(origin, {.at = {primary_address, 53}, .key = *name::parse("xfr.")});
    publish(1, "");
  }
  void start(bool with_primary = true) {
    const auto serve = [](dns_server<memory::stack>* what) -> task<> {
      auto served = co_await what->serve(53);
      EXPECT_TRUE(served);
    };
    if (with_primary) EXPECT_TRUE(running.spawn("primary", serve, &*server));
    EXPECT_TRUE(running.spawn("second", serve, &*second));
    EXPECT_TRUE(running.spawn("notifier", notifier.run()));
    EXPECT_TRUE(running.spawn("secondary", secondary.run()));
    node.settle();
  }
  /// Refreshed every 100 s, asked again after 20 s, too old after 300 s.
  void publish(int serial, std::string_view more) {
    const std::string text = "$TTL 60\n@ SOA ns host " + std::to_string(serial) +
                             " 100 20 300 5\n$GENERATE 1-3000 x$ A 192.0.2.1\n" + std::string(more);
    versions.set(*read_zone(text, origin));
    node.settle();
  }
  [[nodiscard]] std::uint32_t serial() const {
    const auto held = copies.hold(origin);
    return held ? held->serial() : 0;
  }
};

TEST(DnsSecondary, FetchesAndFollows) {
  two_servers on;
  on.start();
  on.node.advance(2s);
  ASSERT_EQ(on.serial(), 1u);
  EXPECT_EQ(on.copies.hold(on.origin)->records(), 3001u);
  on.publish(2, "new TXT x\n");
  on.node.advance(2s);
  EXPECT_EQ(on.serial(), 2u) << "it was notified";
  EXPECT_EQ(on.copies.hold(on.origin)->records(), 3002u);
  EXPECT_FALSE(on.copied.since(on.origin, 1).empty());
}

TEST(DnsSecondary, AsksEachTimeTheRefreshIsOver) {
  two_servers on;
  on.start();
  on.node.advance(2s);
  on.zones.set(*read_zone("$TTL 60\n@ SOA ns host 5 100 20 300 5\n", on.origin));  // nobody is notified
  on.node.advance(90s);
  EXPECT_EQ(on.serial(), 1u);
  on.node.advance(15s);
  EXPECT_EQ(on.serial(), 5u);
}

TEST(DnsSecondary, ServesNothingThatIsTooOld) {
  two_servers on;
  on.start();
  on.node.advance(2s);
  ASSERT_EQ(on.serial(), 1u);
  on.node.run(on.server->stop());
  on.node.advance(290s);
  EXPECT_EQ(on.serial(), 1u);
  on.node.advance(20s);
  EXPECT_EQ(on.serial(), 0u);
  EXPECT_TRUE(on.copies.find(query_name(on.origin), 1)) << "it is still ours";
  const auto serve = [](dns_server<memory::stack>* what) -> task<> {
    auto served = co_await what->serve(53);
    EXPECT_TRUE(served);
  };
  on.server.emplace(
      "dns", on.near, on.zones,
      dns_server_options{.peers = {.keys = &on.keys, .transfer_to = {{}}, .versions = &on.versions}});
  EXPECT_TRUE(on.running.spawn("primary", serve, &*on.server));
  on.node.advance(25s);
  EXPECT_EQ(on.serial(), 1u) << "again";
}

TEST(DnsSecondary, TakesNothingFromWhoRefuses) {
  two_servers on("192.0.2.1");
  on.start();
  on.node.advance(100s);
  EXPECT_EQ(on.serial(), 0u);
}

TEST(DnsNotifier, TriesAgain) {
  two_servers on;
  std::vector<instant> came;
  auto deaf = on.far.udp().listen({ip_address(), 5300}, [&](v1::datagram&& notice) noexcept {
    const query asked(notice.payload.view());
    EXPECT_EQ(asked.head().operation, opcode::notify);
    EXPECT_TRUE(asked.has_question() && asked.question_name() == on.origin.view());
    came.push_back(os::now());
  });
  on.notifier.add({.at = {secondary_address, 5300}});
  on.start();
  on.publish(2, "");
  on.node.advance(200s);
  ASSERT_EQ(came.size(), 5u);
  EXPECT_GE(came[4] - came[0], 30s);
}

}  // namespace
}  // namespace mirage::dns
