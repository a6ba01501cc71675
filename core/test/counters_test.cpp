// SPDX-License-Identifier: ISC
#include "mirage/core/counters.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

std::string shown(counter_registry& registry) {
  std::string text;
  {
    text_stream out([&](std::string_view chunk) { text += chunk; });
    registry.write_prometheus(out);
  }
  return text;
}

TEST(counter, counts) {
  counter_registry registry;
  counter packets(registry, "packets_total");
  ++packets;
  packets += 41;
  EXPECT_EQ(packets.value(), 42u);
  EXPECT_EQ(packets.name(), "packets_total");
}

TEST(counter, belongs_to_the_node_that_runs) {
  test::virtual_node node;
  const std::string before = shown(node.counters);
  {
    counter packets{"tested_packets_total"};
    EXPECT_EQ(shown(node.counters), before + "# TYPE tested_packets_total counter\ntested_packets_total 0\n");
  }
  EXPECT_EQ(shown(node.counters), before);
}

TEST(counter, is_one_of_a_group) {
  test::virtual_node node;
  const std::string before = shown(node.counters);
  const metric_label label{"device", "eth0"};
  counter received{label, "tested_received_total", "What came"};
  counter dropped{label, "tested_dropped_total", {"reason", "malformed"}};
  EXPECT_EQ(shown(node.counters),
            before +
                "# HELP tested_received_total What came\n# TYPE tested_received_total counter\n"
                "tested_received_total{device=\"eth0\"} 0\n# TYPE tested_dropped_total counter\n"
                "tested_dropped_total{device=\"eth0\",reason=\"malformed\"} 0\n");
}

TEST(prometheus, an_empty_registry_shows_nothing) {
  counter_registry registry;
  EXPECT_EQ(shown(registry), "");
}

TEST(prometheus, families_stand_together_with_one_head) {
  counter_registry registry;
  counter slow(registry, "http_requests_refused_total", "reason=\"too_slow\"");
  counter received(registry, "net_received_bytes_total", {{"device", "eth0"}}, "Bytes received");
  counter long_one(registry, "http_requests_refused_total", {{"reason", "too_long"}},
                   "Requests that were refused");
  counter plain(registry, "plain_total", {}, "Without labels");
  counter other(registry, "net_received_bytes_total", {{"device", "eth1"}, {"queue", "0"}, {"kind", "x"}});
  slow += 3;
  ++long_one;
  received += 18446744073709551615u;
  const std::string golden =
      "# HELP http_requests_refused_total Requests that were refused\n"
      "# TYPE http_requests_refused_total counter\n"
      "http_requests_refused_total{reason=\"too_slow\"} 3\n"
      "http_requests_refused_total{reason=\"too_long\"} 1\n"
      "# HELP net_received_bytes_total Bytes received\n"
      "# TYPE net_received_bytes_total counter\n"
      "net_received_bytes_total{device=\"eth0\"} 18446744073709551615\n"
      "net_received_bytes_total{device=\"eth1\",queue=\"0\",kind=\"x\"} 0\n"
      "# HELP plain_total Without labels\n"
      "# TYPE plain_total counter\n"
      "plain_total 0\n";
  EXPECT_EQ(shown(registry), golden);
  EXPECT_EQ(shown(registry), golden) << "showing must not change what is shown";
}

TEST(prometheus, labels_and_help_are_escaped) {
  counter_registry registry;
  const std::string name = "a\"b\\c\nd";
  counter odd(registry, "odd_total", {{"name", name}}, "Back\\slash and\nnew \"line\"");
  EXPECT_EQ(shown(registry),
            "# HELP odd_total Back\\\\slash and\\nnew \"line\"\n"
            "# TYPE odd_total counter\n"
            "odd_total{name=\"a\\\"b\\\\c\\nd\"} 0\n");
}

TEST(prometheus, equal_series_are_added_up) {
  counter_registry registry;
  std::optional<counter> first;
  first.emplace(registry, metric_name{"drops_total"}, metric_labels{{"device", "a"}});
  counter second(registry, "drops_total", {{"device", "b"}});
  counter third(registry, "drops_total", {{"device", "a"}});
  *first += 1;
  second += 10;
  third += 100;
  EXPECT_EQ(shown(registry),
            "# TYPE drops_total counter\ndrops_total{device=\"a\"} 101\ndrops_total{device=\"b\"} 10\n");
  first.reset();
  EXPECT_EQ(shown(registry),
            "# TYPE drops_total counter\ndrops_total{device=\"a\"} 100\ndrops_total{device=\"b\"} 10\n");
}

struct pool {
  std::uint64_t free = 0;
};

TEST(gauge, is_read_when_it_is_shown) {
  counter_registry registry;
  pool memory{4096};
  gauge free(registry, "pool_free_bytes", {}, "Memory that is left", memory,
             [](const pool& p) { return p.free; });
  EXPECT_EQ(
      shown(registry),
      "# HELP pool_free_bytes Memory that is left\n# TYPE pool_free_bytes gauge\npool_free_bytes 4096\n");
  memory.free = 1234567890123456;
  EXPECT_EQ(shown(registry),
            "# HELP pool_free_bytes Memory that is left\n# TYPE pool_free_bytes gauge\n"
            "pool_free_bytes 1234567890123456\n");
  EXPECT_EQ(free.value(), 1234567890123456.0);
}

TEST(gauge, special_values) {
  const auto value = [](double wanted) {
    counter_registry registry;
    gauge level(registry, "level", {}, {}, wanted, [](const double& v) { return v; });
    return shown(registry).substr(std::string_view("# TYPE level gauge\nlevel ").size());
  };
  constexpr double infinity = std::numeric_limits<double>::infinity();
  EXPECT_EQ(value(std::numeric_limits<double>::quiet_NaN()), "NaN\n");
  EXPECT_EQ(value(infinity), "+Inf\n");
  EXPECT_EQ(value(-infinity), "-Inf\n");
  EXPECT_EQ(value(0.25), "0.25\n");
  EXPECT_EQ(value(-3), "-3\n");
  EXPECT_EQ(value(1e300), "1e+300\n");
}

TEST(counter_registry, forgets_what_dies_and_outlives_nothing) {
  auto registry = std::make_unique<counter_registry>();
  counter first(*registry, "first_total");
  {
    counter second(*registry, "second_total");
    std::set<std::string_view> names;
    registry->for_each([&](const metric& m) { names.insert(m.name()); });
    EXPECT_EQ(names, (std::set<std::string_view>{"first_total", "second_total"}));
  }
  int left = 0;
  registry->for_each([&](const metric&) { ++left; });
  EXPECT_EQ(left, 1);
  registry.reset();
  ++first;
  EXPECT_EQ(first.value(), 1u);
}

TEST(metric_name, follows_prometheus) {
  for (std::string_view right : {"a", "_a", ":a", "http_requests_total", "A9"})
    EXPECT_TRUE(metric_name::is_valid(right)) << right;
  for (std::string_view wrong : {"", "9a", "a-b", "a b", "\xc3\xbc"})
    EXPECT_FALSE(metric_name::is_valid(wrong)) << wrong;
}

TEST(metric_labels, that_are_written_out_are_checked) {
  for (std::string_view right : {"a=\"\"", "a=\"b\",c=\"d\"", "a=\"\\\"\\\\\\n\""})
    EXPECT_TRUE(metric_labels::is_valid(right)) << right;
  for (std::string_view wrong : {"", "a", "a=b", "a=\"b", "a=\"b\",", "a=\"b\"c=\"d\"", "=\"b\"", "a:b=\"c\"",
                                 "a=\"\\x\"", "a=\"\\", "a=\"\n\"", ",a=\"b\""})
    EXPECT_FALSE(metric_labels::is_valid(wrong)) << wrong;
}

}  // namespace
}  // namespace mirage
