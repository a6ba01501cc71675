// SPDX-License-Identifier: ISC
#include "../src/fault.hpp"

#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include <string>

#include "../src/sandbox.hpp"

namespace mirage::tender {
namespace {

std::string sentence(int signal, unsigned long value) {
  char memory[256];
  text_writer line(memory);
  describe_fault(line, signal, value, {.instruction = 0x100020, .stack = 0x80'0010});
  return std::string(line.text());
}

TEST(tender_fault, is_told_with_signal_and_address) {
  EXPECT_EQ(sentence(SIGSEGV, 0x10),
            "mirage-spt: the unikernel stops: it touched memory that is not its own (SIGSEGV) at 0x10; the "
            "instruction is at 0x100020.\n");
  EXPECT_TRUE(sentence(SIGSEGV, 0x80'0008).contains("its stack overflowed (SIGSEGV) at 0x800008"));
  EXPECT_TRUE(sentence(SIGSYS, 57).contains("the system call 57, which it may not make"));
  EXPECT_TRUE(sentence(SIGFPE, 0).contains("divided by zero"));
}

#if !__has_feature(address_sanitizer)
TEST(tender_fault_death, ends_the_process_with_a_report) {
  EXPECT_EXIT(
      {
        report_faults();
        ::raise(SIGILL);
      },
      testing::ExitedWithCode(128 + SIGILL), "an instruction that does not exist");
}

TEST(tender_sandbox_death, stops_who_makes_another_call) {
  EXPECT_EXIT(
      {
        report_faults();
        const auto entered = enter_sandbox({}, 100, 101);
        if (entered) ::getppid();
      },
      testing::ExitedWithCode(128 + SIGSYS), "the system call 110, which it may not make");
}

TEST(tender_sandbox_death, stops_who_uses_another_descriptor) {
  const open_device disk{.handle = 1, .descriptor = 100, .capacity = 1024, .block_size = 512};
  EXPECT_EXIT(
      {
        report_faults();
        char block[512];
        const auto entered = enter_sandbox(std::span(&disk, 1), 101, 102);
        if (entered && ::pread(100, block, 512, 512) < 0) static_cast<void>(::pread(100, block, 512, 1024));
      },
      testing::ExitedWithCode(128 + SIGSYS), "the system call 17, which it may not make");
}
#endif

}  // namespace
}  // namespace mirage::tender
