// SPDX-License-Identifier: ISC
#include "mirage/solo5/console.hpp"

#include <string>

#include "mirage/test/suites/suite.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

task<> write_and_read(solo5::console& terminal) {
  auto written = co_await terminal.write(test::buffer_of("hello, "));
  EXPECT_EQ(test::outcome(written), "ok");
  buffer_list list;
  list.push_back(test::buffer_of("wor"));
  list.push_back(test::buffer_of("ld\n"));
  written = co_await terminal.write(std::move(list));
  EXPECT_EQ(test::outcome(written), "ok");
  auto typed = co_await terminal.read();
  EXPECT_EQ(test::text_of(typed), "") << "the end";
}

TEST(solo5_console, shows_what_is_written_and_has_nobody_who_types) {
  test::virtual_node node;
  solo5::console terminal("console_0");
  test::expect_device(terminal);
  node.run(write_and_read(terminal));
  EXPECT_EQ(node.console_text(), "hello, world\n");
}

}  // namespace
}  // namespace mirage
