// SPDX-License-Identifier: ISC
// The report of a fault: what it was, the registers, and the way there.
#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>

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
  std::uint64_t general[15];
  std::uint64_t vector, error;
  std::uint64_t rip, cs, rflags, rsp, ss;
};
constexpr std::size_t rbp_of_general = 6;
// Three letters each.
constexpr std::string_view general_names = "raxrbxrcxrdxrsirdirbp r8 r9r10r11r12r13r14r15";

template <class... Value>
void print(format_string<Value...> format, const Value&... values) noexcept {
  char text[256];
  text_writer line(text);
  format_to(line, format, values...);
  os::platform::console(line.text());
}

void print_registers(const fault_frame& at) noexcept {
  print("    rip {:016x}    rsp {:016x}  flags {:016x}\n", at.rip, at.rsp, at.rflags);
  for (std::size_t i = 0; i < std::size(at.general); ++i)
    print("{:>7} {:016x}{}", general_names.substr(3 * i, 3), at.general[i], i % 3 == 2 ? "\n" : "");
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
  print_backtrace(is_fetch(what) ? *std::bit_cast<const std::uint64_t*>(at.rsp) - 1 : at.rip,
                  at.general[rbp_of_general]);
  platform::halt(mirage::exit_status::crashed);
}
