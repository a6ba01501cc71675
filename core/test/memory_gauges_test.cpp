// SPDX-License-Identifier: ISC
#include "mirage/core/memory_gauges.hpp"

#include <gtest/gtest.h>

#include <string>

#include "mirage/core/buffer.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

/// The line of one metric, or nothing.
std::string line_of(counter_registry& registry, std::string_view name) {
  std::string text;
  {
    text_stream out([&](std::string_view chunk) { text += chunk; });
    registry.write_prometheus(out);
  }
  const std::size_t begin = text.find("\n" + std::string(name) + " ");
  return begin == std::string::npos ? "" : text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
}

TEST(memory_gauges, are_there_as_long_as_the_object) {
  test::virtual_node node;
  {
    const memory_gauges gauges;
    EXPECT_EQ(line_of(node.counters, "memory_in_use_bytes"), "memory_in_use_bytes 0");  // nobody counts here
  }
  EXPECT_EQ(line_of(node.counters, "memory_in_use_bytes"), "");
}

TEST(memory_gauges, follow_what_lives_and_keep_what_is_reserved) {
  test::virtual_node node;
  const memory_gauges gauges;
  EXPECT_EQ(line_of(node.counters, "buffers_live"), "buffers_live 0");
  {
    const buffer held = buffer::allocate(100);
    EXPECT_EQ(line_of(node.counters, "buffers_live"), "buffers_live 1");
  }
  EXPECT_EQ(line_of(node.counters, "buffers_live"), "buffers_live 0");
  EXPECT_NE(line_of(node.counters, "buffers_reserved_bytes"), "buffers_reserved_bytes 0");
  {
    scope tasks;
    ASSERT_TRUE(tasks.spawn("sleeper", [](duration time) -> task<> { co_await sleep_for(time); }, 1s));
    node.run_round();
    ASSERT_GE(node.frames.live(), 1u);
    EXPECT_EQ(line_of(node.counters, "frames_live"), "frames_live " + std::to_string(node.frames.live()));
  }
  EXPECT_EQ(line_of(node.counters, "frames_live"), "frames_live 0");
}

}  // namespace
}  // namespace mirage
