// SPDX-License-Identifier: ISC
#include "mirage/channel.hpp"

#include "mirage/memory/console.hpp"
#include "mirage/memory/flow.hpp"
#include "mirage/test/suites/channel_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

static_assert(v1::channel<channel<memory::flow>>);
static_assert(v1::channel<channel<memory::console>>);

template <std::size_t Longest, std::size_t Gathered, std::size_t Capacity>
struct channels : test::virtual_subject {
  using flow = memory::flow;
  using channel = mirage::channel<flow>;
  static constexpr std::size_t longest = Longest;
  task<std::pair<flow, flow>> connect() { co_return memory::make_flows(Capacity); }
  channel make(flow& over) { return channel(over, {.longest = Longest, .gathered = Gathered}); }
};
using usual_channels = channels<8192, 4096, 65536>;
using small_channels = channels<1000, 100, 4096>;
MIRAGE_CONFORMANCE(channel_suite, memory_flow, usual_channels);
MIRAGE_CONFORMANCE(channel_suite, memory_flow_small, small_channels);

task<> talk(memory::console& console) {
  channel lines(console);
  auto name = co_await lines.read_line();
  EXPECT_EQ(test::text_of(name), "Ada");
  auto written = co_await lines.write_line("hello, Ada");
  EXPECT_EQ(test::outcome(written), "ok");
  auto flushed = co_await lines.flush();
  EXPECT_EQ(test::outcome(flushed), "ok");
}

TEST(channel, works_over_a_console) {
  test::virtual_node node;
  memory::console console;
  console.type("Ada\n");
  node.run(talk(console));
  EXPECT_EQ(console.shown(), "hello, Ada\n");
}

task<> fail_to_read(memory::flow& near) {
  channel lines(near);
  EXPECT_EQ(lines.failure(), std::nullopt);
  auto line = co_await lines.read_line();
  EXPECT_EQ(test::error_of(line), v1::channel_error::flow_failed);
  EXPECT_EQ(lines.failure(), v1::flow_error::reset);
}

TEST(channel, says_why_the_flow_failed) {
  test::virtual_node node;
  auto [near, far] = memory::make_flows();
  {
    const memory::flow gone(std::move(far));
  }
  node.run(fail_to_read(near));
}

task<> read_in_parts(memory::flow& near, memory::flow& far) {
  channel lines(near);
  auto written = co_await far.write(test::buffer_of("one\ntwo\n"));
  EXPECT_EQ(test::outcome(written), "ok");
  auto one = co_await lines.read_line();
  auto two = co_await lines.read_line();
  EXPECT_EQ(test::text_of(one), "one");
  EXPECT_EQ(test::text_of(two), "two");
  if (one && two) EXPECT_EQ(one->data() + 4, two->data()) << "lines of one piece of input are slices of it";
}

TEST(channel, does_not_copy_lines_that_came_whole) {
  test::virtual_node node;
  auto [near, far] = memory::make_flows();
  node.run(read_in_parts(near, far));
}

}  // namespace
}  // namespace mirage
