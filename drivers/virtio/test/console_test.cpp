// SPDX-License-Identifier: ISC
#include "mirage/virtio/console.hpp"

#include <gtest/gtest.h>

#include <string>

#include "fake_device.hpp"
#include "mirage/test/suites/console_suite.hpp"

namespace mirage {
namespace {

struct consoles {
  using console = virtio::console;
  static constexpr duration a_while = 1s;
  consoles() {
    bus_.add(machine);
    EXPECT_EQ(test::outcome(node.run(console_.start())), "ok");
  }
  ~consoles() { run(console_.stop()); }
  void run(task<> work) { node.run(std::move(work)); }
  console& device() { return console_; }
  void type(std::string_view line) { machine.type(line); }
  std::string shown() { return machine.shown(); }

  test::virtual_node node;
  test::fake_console machine{node};

 private:
  virtio::bus bus_;
  console console_{"console_0", bus_};
};
MIRAGE_CONFORMANCE(console_suite, virtio, consoles);

TEST(virtio_console, leaves_to_the_host_what_nobody_reads) {
  consoles here;
  const std::string much(10'000, 'x');
  here.type(much);
  here.node.settle();
  EXPECT_LE(here.node.buffers.live(), 16u);
  EXPECT_TRUE(here.node.run(test::read_bytes(here.device(), much.size())) == much);
}

TEST(virtio_console, ends_with_a_ctrl_d) {
  consoles here;
  here.type("last\004not read");
  EXPECT_EQ(test::text_of(here.node.run(here.device().read())), "last");
  for (int i = 0; i < 2; ++i) EXPECT_EQ(test::text_of(here.node.run(here.device().read())), "");
  here.type("\n");
  here.node.settle();
  EXPECT_EQ(test::text_of(here.node.run(here.device().read())), "");
  EXPECT_TRUE(here.machine.is_running());
}

TEST(virtio_console, tells_a_waiting_reader_of_the_end) {
  consoles here;
  bool ended = false;
  auto read = [&]() -> task<> {
    auto got = co_await here.device().read();
    ended = got && got->empty();
  };
  scope reading;
  ASSERT_TRUE(reading.spawn("read", read));
  here.node.settle();
  EXPECT_FALSE(ended);
  here.type("\004");
  here.node.settle();
  EXPECT_TRUE(ended);
}

TEST(virtio_console, waits_while_the_host_shows_nothing) {
  consoles here;
  here.machine.hold(true);
  bool done = false;
  auto write_much = [&]() -> task<> {
    for (int i = 0; i < 200; ++i) {
      auto written = co_await here.device().write(test::buffer_of("line\n"));
      EXPECT_EQ(test::outcome(written), "ok");
    }
    done = true;
  };
  scope writing;
  ASSERT_TRUE(writing.spawn("write", write_much));
  here.node.settle();
  EXPECT_FALSE(done);
  here.machine.hold(false);
  here.node.settle();
  EXPECT_TRUE(done);
  EXPECT_EQ(here.shown().size(), 1000u);
}

TEST(virtio_console, ends_when_the_device_lies) {
  consoles here;
  here.machine.complete(1, 3, 0);
  here.node.settle();
  EXPECT_FALSE(here.machine.is_running());
  EXPECT_EQ(test::text_of(here.node.run(here.device().read())), "");
  auto written = here.node.run(here.device().write(test::buffer_of("x")));
  EXPECT_EQ(test::error_of(written), v1::flow_error::closed);
}

}  // namespace
}  // namespace mirage
