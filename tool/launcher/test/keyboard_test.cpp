// SPDX-License-Identifier: ISC
#include "../src/keyboard.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>

#include "mirage/linux/file_descriptor.hpp"

namespace {

using mirage::file_descriptor;
using mirage::launcher::keyboard;

struct ends {
  file_descriptor read;
  file_descriptor write;
  ends() {
    std::array<int, 2> both{};
    EXPECT_EQ(::pipe2(both.data(), O_NONBLOCK | O_CLOEXEC), 0);
    read = file_descriptor(both[0]);
    write = file_descriptor(both[1]);
  }
  void put(std::string_view text) const {
    EXPECT_EQ(::write(write.get(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  }
  std::string take() const {
    std::string all(1 << 20, '\0');
    const auto size = ::read(read.get(), all.data(), all.size());
    all.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return all;
  }
};

struct keyboards : testing::Test {
  ends person;
  ends guest;
  keyboard keys{person.read.get(), guest.write.get()};

  void until_quiet() {
    while (true) {
      pollfd wanted = keys.wanted();
      if (::poll(&wanted, 1, 0) <= 0) return;
      keys.step();
    }
  }
};

TEST_F(keyboards, pass_on_what_is_typed) {
  person.put("abc\n");
  until_quiet();
  EXPECT_EQ(guest.take(), "abc\n");
  person.put("def\n");
  until_quiet();
  EXPECT_EQ(guest.take(), "def\n");
}

TEST_F(keyboards, type_twice_what_qemu_takes_for_itself) {
  person.put("a\001c");
  until_quiet();
  EXPECT_EQ(guest.take(), "a\001\001c");
}

TEST_F(keyboards, end_with_a_ctrl_d) {
  person.put("last");
  person.write.reset();
  until_quiet();
  EXPECT_EQ(guest.take(), "last\004");
  EXPECT_EQ(keys.wanted().fd, -1);
}

TEST_F(keyboards, wait_for_a_guest_that_takes_nothing) {
  std::string passed;
  const std::string line(4096, 'x');
  std::size_t typed = 0;
  for (int i = 0; i < 64; ++i) {  // twice what fits into a pipe
    if (::write(person.write.get(), line.data(), line.size()) > 0) typed += line.size();
    until_quiet();
  }
  EXPECT_EQ(keys.wanted().fd, guest.write.get());
  while (true) {
    const std::string some = guest.take();
    if (some.empty()) break;
    passed += some;
    until_quiet();
  }
  EXPECT_EQ(passed, std::string(typed, 'x'));
}

TEST_F(keyboards, forget_a_guest_that_is_gone) {
  ::signal(SIGPIPE, SIG_IGN);
  guest.read.reset();
  person.put("abc");
  until_quiet();
  EXPECT_EQ(keys.wanted().fd, person.read.get());
}

}  // namespace
