// SPDX-License-Identifier: ISC
// The node of the tests, and `os::platform` on top of it. There is no state but in the node: `os::here`
// always is one of these in a program that links this package.
#include "mirage/test/virtual_node.hpp"

#include <cstdio>
#include <cstdlib>

#if MIRAGE_EXCEPTIONS
#include <stdexcept>
#endif

namespace mirage::test {

/// What the seams may touch.
struct seam {
  static virtual_node& node() noexcept {
    if (os::here == nullptr) {
      std::fputs("a test uses core before it has made a virtual_node\n", stderr);
      std::abort();
    }
    return static_cast<virtual_node&>(*os::here);
  }
  static instant& time() noexcept { return node().time_; }
  static wall_time wall() noexcept {
    return wall_time{node().time_.time_since_epoch() + node().wall_offset_};
  }
  static std::string& console() noexcept { return node().console_; }
  static auto& descriptors() noexcept { return node().descriptors_; }
  static auto& interrupts() noexcept { return node().interrupts_; }

  // SplitMix64 (Steele, Lea, Flood, 2014): equal seeds give equal bytes on every platform.
  static std::uint64_t random() noexcept {
    std::uint64_t z = node().random_state_ += 0x9e3779b97f4a7c15;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
  }
};

virtual_node::virtual_node(os::limits caps, std::uint64_t seed)
    : os::node(caps), before_(std::exchange(os::here, this)), random_state_(seed) {
  step();  // so that os::now() is right before the first task
}

virtual_node::~virtual_node() {
  // What the node still has to bury needs the node.
  os::here = this;
  step();
  os::here = before_;
}

std::string virtual_node::live_tasks() {
  std::string text;
  tasks.for_each_task([&](const loop::live_task& task) {
    text += std::to_string(task.depth);
    text += ' ';
    text += task.name;
    text += ": ";
    text += task.waiting_for == nullptr ? "ready" : task.waiting_for;
    text += '\n';
  });
  return text;
}

machine::descriptor_source* virtual_node::watching(int descriptor) const noexcept {
  for (const auto& [source, watched] : descriptors_)
    if (watched == descriptor) return source;
  return nullptr;
}

event_source* virtual_node::watching_interrupt(unsigned interrupt) const noexcept {
  for (const auto& [source, watched] : interrupts_)
    if (watched == interrupt) return source;
  return nullptr;
}

void virtual_node::stuck() {
  const std::string why = "the task under test does not end; live tasks:\n" + live_tasks();
#if MIRAGE_EXCEPTIONS
  throw std::runtime_error(why);
#else
  os::platform::crash(why, {});
#endif
}

}  // namespace mirage::test

namespace mirage::os::platform {

using test::seam;

instant read_monotonic() noexcept { return seam::time(); }
wall_time read_wall() noexcept { return seam::wall(); }
void console(std::string_view text) noexcept { seam::console() += text; }
std::size_t memory_in_use() noexcept { return 0; }

void entropy(bytes out) noexcept {
  std::uint64_t word = 0;
  for (std::size_t at = 0; at < out.size(); ++at) {
    if (at % 8 == 0) word = seam::random();
    out[at] = static_cast<std::byte>(word >> (8 * (at % 8)));
  }
}

void crash(std::string_view why, std::string_view where) noexcept {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(where.size()), where.data(),
               static_cast<int>(why.size()), why.data());
  std::abort();
}

// A test that lets core own the outer loop (`run_unikernel`) sleeps by jumping.
void wait(instant deadline, duration) noexcept {
  if (deadline == never) crash("every task waits, and nothing is left that could wake one", "virtual_node");
  seam::time() = std::max(seam::time(), deadline);
}

}  // namespace mirage::os::platform

namespace mirage::machine {

using test::seam;

result<void, watch_error> watch(descriptor_source& source, int descriptor) noexcept {
  seam::descriptors().emplace_back(&source, descriptor);
  return {};
}
void unwatch(descriptor_source& source, int descriptor) noexcept {
  std::erase(seam::descriptors(), std::pair(&source, descriptor));
  source.unlink();
}

void watch_interrupt(event_source& source, unsigned interrupt) noexcept {
  seam::interrupts().emplace_back(&source, interrupt);
}
void unwatch_interrupt(event_source& source, unsigned interrupt) noexcept {
  std::erase(seam::interrupts(), std::pair(&source, interrupt));
  source.unlink();
}
std::optional<interrupt_message> new_interrupt_message() noexcept {
  return interrupt_message{.interrupt = 1000, .address = 0x1'2345'6000, .data = 77};
}

std::uint64_t dma_address(const void* memory) noexcept { return reinterpret_cast<std::uintptr_t>(memory); }
// A test has its registers in memory of its own.
volatile std::byte* map_registers(std::uint64_t address, std::size_t) noexcept {
  return reinterpret_cast<volatile std::byte*>(static_cast<std::uintptr_t>(address));
}

}  // namespace mirage::machine
