// SPDX-License-Identifier: ISC
#include "../src/scenario.hpp"

#include <gtest/gtest.h>

namespace mirage::simulator {
namespace {

scenario read(std::string_view text) {
  auto read = parse_scenario(text, "folder/case.toml");
  EXPECT_TRUE(read.has_value()) << (read ? "" : read.error().sentence);
  return read ? *std::move(read) : scenario{};
}

std::string mistake(std::string_view text) {
  const auto read = parse_scenario(text, "case.toml");
  return read ? "no mistake" : read.error().sentence;
}

TEST(scenario, says_everything_that_there_is) {
  const scenario all = read(R"(
summary = "words"
seed = 7
limit = "10 s"
[nodes.server]
image = "../dist/server.sim"
arguments = ["--ipv4=10.0.0.2/24", "-v"]
offloads = true
boot = "1 s"
[nodes.client]
[switches.lan]
[links.wire]
between = ["server.eth1", "lan"]
bandwidth = "100 Mbit/s"
delay = "5 ms"
burst_loss = "1 %"
burst_frames = 10
[[events]]
at = "3 s"
until = "4 s"
link = "wire"
up = false
[[events]]
at = "5 s"
restart = "client"
[[expect]]
node = "client"
prints = "hello"
times = 2
by = "8 s"
[[expect]]
node = "server"
exits = 3
)");
  EXPECT_EQ(all.name, "case");
  EXPECT_EQ(all.seed, 7u);
  EXPECT_EQ(all.limit, 10s);
  ASSERT_EQ(all.nodes.size(), 2u);
  const node_plan& server = all.nodes[1];
  EXPECT_EQ(server.name, "server");
  EXPECT_EQ(server.image, "folder/../dist/server.sim");
  EXPECT_EQ(server.arguments, (std::vector<std::string>{"--ipv4=10.0.0.2/24", "-v"}));
  EXPECT_TRUE(server.offloads);
  EXPECT_EQ(server.boot, 1s);
  ASSERT_EQ(all.links.size(), 1u);
  EXPECT_EQ(all.links[0].left.owner, "server");
  EXPECT_EQ(all.links[0].left.interface, "eth1");
  EXPECT_EQ(all.links[0].right.owner, "lan");
  EXPECT_EQ(all.links[0].options.bandwidth, 100'000'000u);
  EXPECT_EQ(all.links[0].options.bursts, simulation::burst_loss::of(0.01, 10));
  ASSERT_EQ(all.events.size(), 2u);
  EXPECT_EQ(all.events[0].change.up, false);
  EXPECT_EQ(all.events[0].until, 4s);
  EXPECT_EQ(all.events[1].what, event_plan::kind::restart);
  ASSERT_EQ(all.expected.size(), 2u);
  EXPECT_EQ(all.expected[0].times, 2u);
  EXPECT_EQ(all.expected[1].status, 3);
}

TEST(scenario, an_event_changes_only_what_it_names) {
  const scenario all = read(R"(
[nodes.a]
[nodes.b]
[links.wire]
between = ["a", "b"]
delay = "5 ms"
[[events]]
at = "1 s"
link = "wire"
loss = "20 %"
)");
  simulation::pipe_options options = all.links.at(0).options;
  all.events.at(0).change.apply(options);
  EXPECT_EQ(options.delay, 5ms);
  EXPECT_DOUBLE_EQ(options.loss, 0.2);
}

TEST(scenario, mistakes_have_a_place_and_a_way_out) {
  EXPECT_EQ(mistake("x = "), "case.toml:1:5: Error while parsing key-value pair: encountered end-of-file");
  EXPECT_EQ(mistake("seed = 1"), "case.toml:1:1: there is no node; write [nodes.NAME]");
  EXPECT_EQ(
      mistake("[nodes.a]\nimages = \"x\""),
      "case.toml:2:10: nodes.a: there is no `images` here; there are: arguments, boot, image and offloads");
  EXPECT_EQ(mistake("[nodes.a]\n[[events]]\nat = \"1 s\"\nstop = \"b\""),
            "case.toml:4:8: events: there is no node `b`; there are: a");
  EXPECT_EQ(mistake("[nodes.a]\n[[events]]\nat = \"1 s\""),
            "case.toml:2:1: events: say one of: link, stop, start, restart, end");
  EXPECT_EQ(mistake("[nodes.a]\n[[expect]]\nnode = \"a\"\nexits = 0\nprints = \"x\""),
            "case.toml:2:1: expect: say one of: prints, never_prints, exits");
  EXPECT_EQ(mistake("[nodes.a]\n[links.l]\nbetween = [\"a\"]"),
            "case.toml:3:11: links.l: between must name two ends, as in [\"server\", \"client.eth1\"]");
  EXPECT_EQ(mistake("[nodes.a]\n[links.l]\nbetween = [\"a\", \"a.b\"]\nmtu = 10"),
            "case.toml:4:7: links.l: mtu must be from 68 to 65535");
}

}  // namespace
}  // namespace mirage::simulator
