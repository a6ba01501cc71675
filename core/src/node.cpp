// SPDX-License-Identifier: ISC
#include "mirage/core/node.hpp"

#include "mirage/core/os.hpp"

namespace mirage::os {

constinit node* here = nullptr;

instant node::run_round() noexcept {
  const instant start = platform::read_monotonic();
  const std::uint64_t events_before = tasks.counted().events;
  const instant next = tasks.run_round(start);
  coalescing.observe(start, tasks.counted().events - events_before);
  return next;
}

instant monotonic() noexcept { return platform::read_monotonic(); }
wall_time wall() noexcept { return platform::read_wall(); }
void random(bytes out) noexcept { platform::entropy(out); }
void console(std::string_view text) noexcept { platform::console(text); }
std::size_t memory_in_use() noexcept { return platform::memory_in_use(); }

std::uint64_t random64() noexcept {
  std::uint64_t value = 0;
  random(std::as_writable_bytes(std::span(&value, 1)));
  return value;
}

void exit(int status) noexcept {
  if (!here->exit_status) here->exit_status = status;
}

}  // namespace mirage::os
