// SPDX-License-Identifier: ISC
#include "mirage/memory/console.hpp"

#include "mirage/test/suites/console_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

struct consoles : test::virtual_subject {
  using console = memory::console;
  console& device() { return console_; }
  void type(std::string_view line) { console_.type(line); }
  std::string shown() { return console_.shown(); }
  void hang_up() { console_.hang_up(); }

 private:
  console console_;
};
MIRAGE_CONFORMANCE(console_suite, memory, consoles);

task<> write(memory::console& console, std::string_view text) {
  auto written = co_await console.write(test::buffer_of(text));
  EXPECT_EQ(test::outcome(written), "ok");
}

TEST(memory_console, shows_the_end_of_what_is_too_much) {
  test::virtual_node node;
  memory::console console(4);
  node.run(write(console, "abc"));
  node.run(write(console, "def"));
  EXPECT_EQ(console.shown(), "cdef");
}

}  // namespace
}  // namespace mirage
