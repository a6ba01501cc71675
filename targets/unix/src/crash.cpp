// SPDX-License-Identifier: ISC
#include "crash.hpp"

#include <dlfcn.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>
#include <unwind.h>

#include <cstddef>
#include <cstdint>

#include "mirage/core/format.hpp"
#include "mirage/core/text_writer.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/linux/host_node.hpp"

namespace mirage {

namespace {

constexpr unsigned max_depth = 64;
[[maybe_unused]] constexpr std::size_t fault_stack = 64 * 1024;

void tell(std::string_view text) noexcept { host::write_whole(STDERR_FILENO, text); }

// One line a frame: the object file and the address in it, which is what addr2line wants.
_Unwind_Reason_Code show_frame(_Unwind_Context* context, void* depth) {
  auto& left = *static_cast<unsigned*>(depth);
  const std::uintptr_t address = _Unwind_GetIP(context);
  if (address == 0 || left-- == 0) return _URC_END_OF_STACK;
  char memory[512];
  text_writer line(memory);
  Dl_info place{};
  // The return address may belong to the next function; the call is the byte before.
  const std::uintptr_t call = address - 1;
  if (::dladdr(reinterpret_cast<void*>(call), &place) != 0 && place.dli_fname != nullptr) {
    const auto offset = call - reinterpret_cast<std::uintptr_t>(place.dli_fbase);
    format_to(line, "  {} 0x{:x}\n", std::string_view(place.dli_fname), offset);
  } else {
    format_to(line, "  0x{:x}\n", call);
  }
  tell(line.text());
  return _URC_NO_REASON;
}

void show_backtrace() noexcept {
  tell("Backtrace, for addr2line -Cfipe FILE ADDRESS:\n");
  unsigned depth = max_depth;
  _Unwind_Backtrace(show_frame, &depth);
}

std::string_view name_of(int signal) noexcept {
  switch (signal) {
    case SIGSEGV: return "it touched memory that is not there (SIGSEGV)";
    case SIGBUS: return "it touched memory that cannot be reached (SIGBUS)";
    case SIGILL: return "it ran an instruction that does not exist (SIGILL)";
    case SIGFPE: return "it divided by zero (SIGFPE)";
    default: return "it was aborted (SIGABRT)";
  }
}

[[maybe_unused]] void on_fault(int signal, siginfo_t* fault, void*) {
  char memory[256];
  text_writer line(memory);
  format_to(line, "The unikernel stops: {}", name_of(signal));
  if (signal == SIGSEGV || signal == SIGBUS) {
    format_to(line, " at 0x{:x}", reinterpret_cast<std::uintptr_t>(fault->si_addr));
  }
  format_to(line, ".\n");
  tell(line.text());
  show_backtrace();
  // The handler is gone (SA_RESETHAND): returning meets the fault again, and abort() raises its signal again.
}

}  // namespace

void report_and_exit(std::string_view why, std::string_view where) noexcept {
  tell("The unikernel stops: ");
  tell(why);
  if (!where.empty()) {
    tell(" (");
    tell(where);
    tell(")");
  }
  tell(".\n");
  show_backtrace();
  ::_exit(exit_status::crashed);
}

void report_faults() noexcept {
#if !__has_feature(address_sanitizer)
  // A stack that overflowed cannot carry the report.
  void* memory = ::mmap(nullptr, fault_stack, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) return;
  const stack_t stack{.ss_sp = memory, .ss_flags = 0, .ss_size = fault_stack};
  ::sigaltstack(&stack, nullptr);
  struct sigaction action{};
  action.sa_sigaction = on_fault;
  action.sa_flags = SA_SIGINFO | static_cast<int>(SA_RESETHAND) | SA_ONSTACK;
  for (const int signal : {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGABRT}) ::sigaction(signal, &action, nullptr);
#endif
}

}  // namespace mirage
