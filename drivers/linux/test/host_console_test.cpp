// SPDX-License-Identifier: ISC
#include <mirage/linux/host_console.hpp>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <string>

#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>

#include "temporary_folder.hpp"
#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

struct pipe_ends {
  pipe_ends() {
    std::array<int, 2> both{};
    EXPECT_EQ(::pipe(both.data()), 0);
    from = file_descriptor(both[0]);
    to = file_descriptor(both[1]);
  }
  file_descriptor from;
  file_descriptor to;
};

class host_console_test : public testing::Test {
 protected:
  static task<std::string> read_all(host_console& console) {
    std::string all;
    while (true) {
      auto part = co_await console.read();
      EXPECT_TRUE(part);
      if (!part || part->empty()) co_return all;
      all += part->text();
    }
  }
  test_host host;
};

TEST_F(host_console_test, reads_what_is_typed_and_then_the_end) {
  pipe_ends input;
  host_console console{"console_0", input.from.get(), -1};
  auto work = [&]() -> task<> {
    auto early = co_await with_timeout(5ms, console.read());
    EXPECT_FALSE(early);
    EXPECT_EQ(::write(input.to.get(), "hello\n", 6), 6);
    auto line = co_await console.read();
    EXPECT_EQ(line->text(), "hello\n");
    input.to.reset();
    line = co_await console.read();
    EXPECT_TRUE(line && line->empty());
    line = co_await console.read();
    EXPECT_TRUE(line && line->empty());
  };
  host.run(work());
}

TEST_F(host_console_test, reads_a_file) {
  const test::temporary_folder folder;
  const std::string content(10'000, 'x');
  folder.write("input", content);
  const file_descriptor file(::open((folder / "input").c_str(), O_RDONLY));
  host_console console{"console_0", file.get(), -1};
  EXPECT_EQ(host.run(read_all(console)), content);
}

TEST_F(host_console_test, a_closed_input_is_at_its_end) {
  host_console closed{"console_0", 12345, -1};
  EXPECT_EQ(host.run(read_all(closed)), "");
  const file_descriptor null(::open("/dev/null", O_RDONLY));
  host_console nothing{"console_1", null.get(), -1};
  EXPECT_EQ(host.run(read_all(nothing)), "");
}

TEST_F(host_console_test, writes_to_a_file_and_to_nobody) {
  const test::temporary_folder folder;
  const file_descriptor file(::open((folder / "output").c_str(), O_WRONLY | O_CREAT, 0600));
  host_console console{"console_0", -1, file.get()};
  auto work = [&]() -> task<> {
    buffer_list parts;
    parts.push_back(buffer::copy_of(as_bytes("one ")));
    parts.push_back(buffer());
    parts.push_back(buffer::copy_of(as_bytes("two")));
    auto written = co_await console.write(std::move(parts));
    EXPECT_TRUE(written);
    written = co_await console.write(buffer());
    EXPECT_TRUE(written);
    host_console closed{"console_1", -1, 12345};
    written = co_await closed.write(buffer::copy_of(as_bytes("x")));
    EXPECT_EQ(written.error(), v1::flow_error::closed);
  };
  host.run(work());
  EXPECT_EQ(folder.read("output"), "one two");
}

TEST_F(host_console_test, waits_for_a_slow_reader_without_blocking_the_loop) {
  pipe_ends output;
  host_console console{"console_0", -1, output.to.get()};
  const std::string much(300'000, 'x');
  std::string got;
  bool done = false;
  auto write = [&]() -> task<> {
    auto written = co_await console.write(buffer::copy_of(as_bytes(much)));
    EXPECT_TRUE(written);
    done = true;
  };
  auto work = [&]() -> task<> {
    scope writing;
    (void)writing.spawn(write);
    co_await sleep_for(2ms);
    EXPECT_FALSE(done) << "a pipe holds 64 KiB";
    while (got.size() < much.size()) {
      std::array<char, 10'000> part;
      const ssize_t count = ::read(output.from.get(), part.data(), part.size());
      EXPECT_GT(count, 0);
      if (count <= 0) co_return;
      got.append(part.data(), static_cast<std::size_t>(count));
      co_await yield();
    }
    co_await writing.join();
  };
  host.run(work());
  EXPECT_EQ(got, much);
  EXPECT_EQ(::fcntl(output.to.get(), F_GETFL) & O_NONBLOCK, 0) << "others may have this pipe, too";
}

TEST_F(host_console_test, a_reader_that_went_away_closes_it) {
  pipe_ends output;
  host_console console{"console_0", -1, output.to.get()};
  auto work = [&]() -> task<> {
    auto written = co_await console.write(buffer::copy_of(as_bytes("heard")));
    EXPECT_TRUE(written);
    output.from.reset();
    written = co_await console.write(buffer::copy_of(as_bytes("not heard")));
    EXPECT_EQ(written.error(), v1::flow_error::closed);
  };
  host.run(work());
}

TEST_F(host_console_test, a_write_that_is_cancelled_half_way_poisons) {
  pipe_ends output;
  host_console console{"console_0", -1, output.to.get()};
  auto work = [&]() -> task<> {
    auto cut =
        co_await with_timeout(5ms, console.write(buffer::copy_of(as_bytes(std::string(300'000, 'x')))));
    EXPECT_FALSE(cut);
    auto more = co_await console.write(buffer::copy_of(as_bytes("y")));
    EXPECT_EQ(more.error(), v1::flow_error::closed);
  };
  host.run(work());
}

TEST_F(host_console_test, bytes_for_a_reader_that_dies_before_it_resumes_stay) {
  pipe_ends input;
  host_console console{"console_0", input.from.get(), -1};
  auto work = [&]() -> task<> {
    scope reading;
    bool resumed = false;
    auto read = [&]() -> task<> {
      (void)co_await console.read();
      resumed = true;
    };
    (void)reading.spawn(read);
    co_await yield();
    co_await yield();
    EXPECT_EQ(::write(input.to.get(), "kept", 4), 4);
    test::canceller last(reading);
    host.events.wait(host.tasks, instant{}, 0ns);
    host.tasks.mark(last);
    co_await yield();
    EXPECT_FALSE(resumed);
    auto got = co_await console.read();
    EXPECT_EQ(got->text(), "kept");
  };
  host.run(work());
}

TEST_F(host_console_test, a_terminal_is_read_line_by_line) {
  const file_descriptor keyboard(::posix_openpt(O_RDWR | O_NOCTTY));
  ASSERT_TRUE(keyboard);
  ASSERT_EQ(::grantpt(keyboard.get()), 0);
  ASSERT_EQ(::unlockpt(keyboard.get()), 0);
  const file_descriptor terminal(::open(::ptsname(keyboard.get()), O_RDWR | O_NOCTTY));
  ASSERT_TRUE(terminal);
  const file_descriptor output(::dup(terminal.get()));
  host_console console{"console_0", terminal.get(), output.get()};
  auto work = [&]() -> task<> {
    EXPECT_EQ(::write(keyboard.get(), "half ", 5), 5);
    auto early = co_await with_timeout(5ms, console.read());
    EXPECT_FALSE(early) << "the line is not finished";
    EXPECT_EQ(::write(keyboard.get(), "a line\nanother\n", 15), 15);
    auto line = co_await console.read();
    EXPECT_EQ(line->text(), "half a line\n");
    line = co_await console.read();
    EXPECT_EQ(line->text(), "another\n");
    auto written = co_await console.write(buffer::copy_of(as_bytes("shown")));
    EXPECT_TRUE(written);
  };
  host.run(work());
}

}  // namespace
}  // namespace mirage
