// SPDX-License-Identifier: ISC
// The order of a start: thread-local memory, for everything compiled with a stack protector looks for its
// canary there; entropy; static objects; the unikernel. Compiled without a stack protector itself.
#include "mirage/freestanding/start.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "mirage/core/panic.hpp"
#include "mirage/core/unikernel.hpp"
#include "mirage/freestanding/image.hpp"

namespace mirage::freestanding {

namespace {

// Where the thread pointer points to. The compiler knows the two fields that have names.
struct thread_control_block {
  thread_control_block* self;
  std::uint64_t unused[4];
  std::uint64_t stack_canary;  // %fs:0x28
};
static_assert(offsetof(thread_control_block, stack_canary) == 0x28);

thread_control_block& make_thread(heap& memory) noexcept {
  const image::thread_template initial = image::thread_locals();
  const std::size_t alignment = std::max(initial.alignment, alignof(thread_control_block));
  const std::size_t below = (initial.size + alignment - 1) / alignment * alignment;
  auto* const block =
      static_cast<std::byte*>(memory.allocate(below + sizeof(thread_control_block), alignment));
  require(block != nullptr, "there is no room for thread-local variables");
  std::memset(block, 0, below + sizeof(thread_control_block));
  std::byte* const end = block + below;
  if (!initial.content.empty())
    std::memcpy(end - initial.size, initial.content.data(), initial.content.size());
  auto* const thread = static_cast<thread_control_block*>(static_cast<void*>(end));
  thread->self = thread;
  platform::set_thread_pointer(thread);
  return *thread;
}

std::span<const std::string_view> boot_arguments(node& self, std::string_view command_line,
                                                 bool (*is_for_machine)(std::string_view)) noexcept {
  const auto words = split_command_line(command_line, self.words);
  if (!words) {
    os::platform::console("The command line cannot be read: ");
    os::platform::console(describe(words.error()));
    os::platform::console(".\n");
    platform::halt(exit_status::bad_argument);
  }
  const std::span all = std::span(self.words.words).first(words->size());
  const auto is_ours = [&](std::string_view word) {
    return is_for_machine == nullptr || !is_for_machine(word);
  };
  std::size_t ours = 0;
  for (std::string_view& word : all)
    if (is_ours(word)) std::swap(all[ours++], word);
  self.machine_words = all.subspan(ours);
  return all.first(ours);
}

}  // namespace

void start(node& self, std::string_view command_line, bool (*is_for_machine)(std::string_view)) noexcept {
  self.name = mirage::image.name;
  thread_control_block& thread = make_thread(self.memory);
  // Before the entropy, because what it says of the machine may lead to a source of that.
  const auto arguments = boot_arguments(self, command_line, is_for_machine);

  random_generator::key seed{};
  if (!platform::seed(seed)) {
    os::platform::console(
        "This machine has no source of entropy; give it a processor with RDRAND, or a device for it.\n");
    platform::halt(exit_status::device_failed);
  }
  self.random.emplace(seed);
  seed.fill(std::byte{0});
  // Only here, where no function with a canary is being called.
  thread.stack_canary = os::random64();

  for (const auto function : image::initialisers()) function();

  platform::halt(run_unikernel(self, arguments));
}

}  // namespace mirage::freestanding

namespace mirage::os::platform {

void entropy(bytes out) noexcept { freestanding::node::here().random->fill(out); }

}  // namespace mirage::os::platform
