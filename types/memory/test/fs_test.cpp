// SPDX-License-Identifier: ISC
#include "mirage/memory/fs.hpp"

#include "mirage/test/suites/fs_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

struct files : test::virtual_subject {
  using fs = memory::fs;
  fs& device() { return files_; }
  task<> crash() {
    files_.crash();
    co_return;
  }

 private:
  fs files_;
};
MIRAGE_CONFORMANCE(fs_suite, memory, files);

task<> fill_up(memory::fs& files) {
  auto made = co_await files.create("a");
  EXPECT_EQ(test::outcome(made), "ok");
  auto written = co_await files.write("a", 0, test::buffer_of("1234567890"));
  EXPECT_EQ(test::outcome(written), "ok");
  auto more = co_await files.write("a", 10, test::buffer_of("1"));
  EXPECT_EQ(test::error_of(more), v1::fs_error::no_space);
  auto beyond = co_await files.truncate("a", 11);
  EXPECT_EQ(test::error_of(beyond), v1::fs_error::no_space);
  auto in_its_place = co_await files.write("a", 5, test::buffer_of("54321"));
  EXPECT_EQ(test::outcome(in_its_place), "ok");
}

TEST(memory_fs, is_full_at_its_capacity) {
  test::virtual_node node;
  memory::fs files(10);
  node.run(fill_up(files));
}

}  // namespace
}  // namespace mirage
