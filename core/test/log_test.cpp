// SPDX-License-Identifier: ISC
#include "mirage/core/log.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/test/allocations.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

constexpr log_source hello_log{"hello"};
constexpr log_source tcp_log{"tcp"};

TEST(log, a_line_has_time_level_source_and_text) {
  test::virtual_node node;
  node.set_wall(wall_time{1795299839s});
  hello_log.info("listening on port {}", 8080);
  EXPECT_EQ(node.take_console(), "2026-11-21T22:23:59Z: [INFO] [hello] listening on port 8080\n");
}

TEST(log, each_level_has_its_word) {
  test::virtual_node node;
  node.log.set(log_level::debug);
  hello_log.app("a");
  hello_log.error("b");
  hello_log.warning("c");
  hello_log.info("d");
  hello_log.debug("e");
  const std::string time = "2026-01-01T00:00:00Z: ";
  EXPECT_EQ(node.take_console(), time + "[APP] [hello] a\n" + time + "[ERROR] [hello] b\n" + time +
                                     "[WARNING] [hello] c\n" + time + "[INFO] [hello] d\n" + time +
                                     "[DEBUG] [hello] e\n");
}

TEST(log, levels_are_by_source) {
  test::virtual_node node;
  ASSERT_TRUE(node.log.parse("*:error,tcp:debug"));
  hello_log.info("no");
  tcp_log.debug("yes");
  EXPECT_FALSE(hello_log.enabled(log_level::info));
  EXPECT_TRUE(hello_log.enabled(log_level::error));
  EXPECT_TRUE(tcp_log.enabled(log_level::debug));
  EXPECT_EQ(node.take_console(), "2026-01-01T00:00:00Z: [DEBUG] [tcp] yes\n");
}

TEST(log, quiet_lets_nothing_pass) {
  test::virtual_node node;
  node.log.set(log_level::quiet);
  hello_log.app("no");
  hello_log.error("no");
  EXPECT_EQ(node.take_console(), "");
}

TEST(log, what_a_stranger_sent_cannot_forge_a_line) {
  test::virtual_node node;
  hello_log.info("GET {}", "/\r\n2026-01-01T00:00:00Z: [APP] \x1b[2J\"\\\"");
  EXPECT_EQ(node.take_console(),
            "2026-01-01T00:00:00Z: [INFO] [hello] GET /\\r\\n2026-01-01T00:00:00Z: [APP] \\x1b[2J\"\\\"\n");
}

TEST(log, a_long_text_is_cut_visibly) {
  test::virtual_node node;
  hello_log.info("{}", std::string(5000, 'x'));
  const std::string line = node.take_console();
  EXPECT_EQ(line.size(), log_source::max_line);
  EXPECT_EQ(line.substr(line.size() - 6), "xx...\n");
}

TEST(log, a_text_that_just_fits_is_not_cut) {
  test::virtual_node node;
  const std::string head = "2026-01-01T00:00:00Z: [INFO] [hello] ";
  const std::string longest(log_source::max_line - head.size() - 1, 'x');
  hello_log.info("{}", longest);
  EXPECT_EQ(node.take_console(), head + longest + "\n");
}

struct noisy {
  int* formatted;
};
void format(text_writer& out, const noisy& value) noexcept {
  ++*value.formatted;
  out.append("noise");
}

TEST(log, what_is_off_is_not_formatted_and_allocates_nothing) {
  test::virtual_node node;
  ASSERT_TRUE(node.log.parse("*:info,tcp:debug"));
  int formatted = 0;
  const auto before = test::allocations();
  hello_log.debug("{}", noisy{&formatted});  // off by its source only
  node.log.set(log_level::quiet);
  ASSERT_TRUE(node.log.set("tcp", log_level::quiet));
  for (int i = 0; i < 1000; ++i) hello_log.error("{} {}", noisy{&formatted}, i);
  EXPECT_EQ(test::allocations(), before);
  EXPECT_EQ(formatted, 0);
  node.log.set(log_level::info);
  hello_log.info("{}", noisy{&formatted});
  EXPECT_EQ(formatted, 1);
}

}  // namespace
}  // namespace mirage
