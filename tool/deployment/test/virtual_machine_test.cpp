// SPDX-License-Identifier: ISC
#include "mirage/deployment/virtual_machine.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "mirage/core/command_line.hpp"

namespace {

using namespace mirage::deployment;
using ::testing::Contains;
using ::testing::Not;

TEST(guest_status, is_what_the_guest_wrote) {
  for (int status = 0; status < 127; ++status) EXPECT_EQ(guest_status((127 - status) * 2 + 1), status);
}

TEST(guest_status, is_qemus_own_when_it_failed_or_the_guest_said_none) {
  EXPECT_EQ(guest_status(1), 1);
  EXPECT_EQ(guest_status(0), 0);
}

TEST(quoted, survives_the_splitting_in_the_guest) {
  const std::vector<std::string> words{"--hello=Moin moin", "", "it's", R"(back\slash "quoted")", "plain"};
  std::string line;
  for (const auto& word : words) line += quoted(word) + " ";
  mirage::command_line_words room;
  const auto split = mirage::split_command_line(line, room);
  ASSERT_TRUE(split);
  EXPECT_EQ(std::vector<std::string>(split->begin(), split->end()), words);
}

TEST(qemu_command, has_the_image_and_its_arguments) {
  const auto words = qemu_command({.image = "dist/hello.virtio", .boot_arguments = {"--hello=a b", "-v"}});
  EXPECT_THAT(words, Contains("dist/hello.virtio"));
  EXPECT_THAT(words, Contains("'--hello=a b' -v"));
  EXPECT_THAT(words, Contains("microvm,acpi=off,accel=tcg"));
  EXPECT_THAT(words, Contains("max"));
  EXPECT_THAT(words, Not(Contains("-gdb")));
}

TEST(qemu_command, waits_for_a_debugger_where_one_is_wanted) {
  const auto words = qemu_command({.image = "hello.virtio", .boot_arguments = {}, .debugger_port = 1234});
  EXPECT_THAT(words, Contains("tcp:127.0.0.1:1234"));
  EXPECT_THAT(words, Contains("-S"));
}

}  // namespace
