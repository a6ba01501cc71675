// SPDX-License-Identifier: ISC
// The report of a fault: what it was, the registers, and the way there.
#include <bit>
#include <cstdint>

#include "backtrace.hpp"
#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/freestanding/node.hpp"
#include "mirage/freestanding/start.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/freestanding/x86_64/fault.hpp"

namespace mirage::freestanding {

namespace {

// As fault_entry.S and the processor push it.
struct fault_frame {
  std::uint64_t rax, rbx, rcx, rdx, rsi, rdi, rbp, r8, r9, r10, r11, r12, r13, r14, r15;
  std::uint64_t vector, error;
  std::uint64_t rip, cs, rflags, rsp, ss;
};

template <class... Value>
void print(format_string<Value...> format, const Value&... values) noexcept {
  char text[256];
  text_writer line(text);
  format_to(line, format, values...);
  os::platform::console(line.text());
}

void print_registers(const fault_frame& at) noexcept {
  const struct {
    std::string_view name;
    std::uint64_t value;
  } all[] = {{"rip", at.rip}, {"rsp", at.rsp}, {"rbp", at.rbp}, {"flags", at.rflags}, {"rax", at.rax},
             {"rbx", at.rbx}, {"rcx", at.rcx}, {"rdx", at.rdx}, {"rsi", at.rsi},      {"rdi", at.rdi},
             {"r8", at.r8},   {"r9", at.r9},   {"r10", at.r10}, {"r11", at.r11},      {"r12", at.r12},
             {"r13", at.r13}, {"r14", at.r14}, {"r15", at.r15}};
  unsigned column = 0;
  for (const auto& each : all) print("{:>7} {:016x}{}", each.name, each.value, ++column % 3 == 0 ? "\n" : "");
}

}  // namespace

}  // namespace mirage::freestanding

extern "C" [[noreturn]] void mirage_report_fault(const mirage::freestanding::fault_frame& at) noexcept;

void mirage_report_fault(const mirage::freestanding::fault_frame& at) noexcept {
  using namespace mirage::freestanding;
  const fault what{at.vector, at.error, cpu::fault_address()};
  print("The unikernel stops: {}", words_for(what, node::here().guards));
  if (is_page_fault(what)) print(" at {:#x}", what.address);
  print(" (fault {}, error code {}).\n", what.vector, what.error);
  print_registers(at);
  // After a jump to nowhere the place that it came from is the one of interest; a call has left it on the
  // stack.
  print_backtrace(is_fetch(what) ? *std::bit_cast<const std::uint64_t*>(at.rsp) - 1 : at.rip, at.rbp);
  platform::halt(mirage::exit_status::crashed);
}
