// SPDX-License-Identifier: ISC
// Each of the mistakes that the machine must notice at once and name; or it waits until it is asked to end.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/panic.hpp>
#include <mirage/v1.hpp>

#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

inline constexpr mirage::log_source crash_log{"crash"};

namespace mistakes {

inline const char constant[] = "must stay";

inline void write_read_only() { *const_cast<volatile char*>(constant) = 'M'; }

inline void write_code() {
  volatile auto* code =
      reinterpret_cast<volatile unsigned char*>(reinterpret_cast<std::uintptr_t>(&write_read_only));
  *code = 0xc3;
}

inline void jump_to_data() {
  volatile auto place = reinterpret_cast<std::uintptr_t>(constant);
  reinterpret_cast<void (*)()>(place)();
}

inline void jump_to_heap() {
  std::vector<unsigned char> memory(64, 0xc3);
  reinterpret_cast<void (*)()>(reinterpret_cast<std::uintptr_t>(memory.data()))();
}

inline void call_null() {
  void (*volatile nothing)() = nullptr;
  nothing();
}

inline void follow_null() {
  volatile int* volatile nothing = nullptr;
  *nothing = 1;
}

inline int overflow_stack(volatile int* above) {
  volatile int here[64] = {};
  here[0] = *above + 1;
  return overflow_stack(here) + here[1];
}

inline void smash_frame() {
  char room[16];
  volatile std::size_t size = 64;
  std::memset(room, 'x', size);
  crash_log.info("{}", std::string_view(room, 1));
}

inline void use_up_memory() {
  std::vector<void*> kept;
  for (;;) kept.push_back(::operator new(1 << 20));
}

inline void leave_container() {
  const std::vector<int> empty;
  volatile std::size_t index = 3;
  crash_log.info("{}", empty[index]);
}

}  // namespace mistakes

inline mirage::task<> crash(std::string_view how) {
  crash_log.info("{}", how);
  if (how == "write_read_only") mistakes::write_read_only();
  if (how == "write_code") mistakes::write_code();
  if (how == "jump_to_data") mistakes::jump_to_data();
  if (how == "jump_to_heap") mistakes::jump_to_heap();
  if (how == "call_null") mistakes::call_null();
  if (how == "follow_null") mistakes::follow_null();
  if (how == "overflow_stack") {
    volatile int start = 0;
    crash_log.info("{}", mistakes::overflow_stack(&start));
  }
  if (how == "smash_frame") mistakes::smash_frame();
  if (how == "use_up_memory") mistakes::use_up_memory();
  if (how == "leave_container") mistakes::leave_container();
  if (how == "wait") co_await mirage::os::shutdown();
  mirage::require(how != "panic", "somebody asked for it");
  co_return;
}
