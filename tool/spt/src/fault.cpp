// SPDX-License-Identifier: ISC
#include "fault.hpp"

#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#include <bit>
#include <cstddef>

#include "mirage/core/format.hpp"

namespace mirage::tender {

namespace {

constexpr std::size_t stack_size = 64 * 1024;

long system_call(long number, long first, long second, long third) noexcept {
  long answer = number;
  asm volatile("syscall" : "+a"(answer) : "D"(first), "S"(second), "d"(third) : "rcx", "r11", "memory");
  return answer;
}

// The guard below the stack is touched near the stack pointer.
bool is_overflow(unsigned long address, unsigned long stack_pointer) noexcept {
  constexpr unsigned long page = 4096;
  return address - (stack_pointer - page) < 2 * page;
}

void on_fault(int signal, siginfo_t* fault, void* context) {
  const auto& registers = static_cast<const ucontext_t*>(context)->uc_mcontext.gregs;
  const auto value = signal == SIGSYS ? static_cast<unsigned long>(fault->si_syscall)
                                      : std::bit_cast<unsigned long>(fault->si_addr);
  char memory[256];
  text_writer line(memory);
  describe_fault(line, signal, value,
                 {.instruction = static_cast<unsigned long>(registers[REG_RIP]),
                  .stack = static_cast<unsigned long>(registers[REG_RSP])});
  const std::string_view text = line.text();
  system_call(SYS_write, STDERR_FILENO, std::bit_cast<long>(text.data()), static_cast<long>(text.size()));
  system_call(SYS_exit_group, 128 + signal, 0, 0);
}

}  // namespace

void report_faults() noexcept {
  void* memory = ::mmap(nullptr, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  const stack_t stack{.ss_sp = memory, .ss_flags = 0, .ss_size = stack_size};
  ::sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS})
    ::sigaction(signal, &action, nullptr);
}

void describe_fault(text_writer& out, int signal, unsigned long value,
                    const fault_registers& registers) noexcept {
  out.append("mirage-spt: the unikernel stops: ");
  switch (signal) {
    case SIGSEGV:
      out.append(is_overflow(value, registers.stack) ? "its stack overflowed"
                                                     : "it touched memory that is not its own");
      format_to(out, " (SIGSEGV) at 0x{:x}", value);
      break;
    case SIGBUS: format_to(out, "it touched memory that cannot be reached (SIGBUS) at 0x{:x}", value); break;
    case SIGILL: out.append("it ran an instruction that does not exist (SIGILL)"); break;
    case SIGFPE: out.append("it divided by zero (SIGFPE)"); break;
    case SIGTRAP: out.append("it met a trap (SIGTRAP)"); break;
    default: format_to(out, "it made the system call {}, which it may not make (SIGSYS)", value); break;
  }
  format_to(out, "; the instruction is at 0x{:x}.\n", registers.instruction);
}

}  // namespace mirage::tender
