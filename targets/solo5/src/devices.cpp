// SPDX-License-Identifier: ISC
// What does not depend on the ABI: which device has which handle, and who waits for it.
#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/solo5/calls.hpp"
#include "solo5_node.hpp"

namespace mirage {

void solo5_node::mark(std::uint64_t ready) noexcept {
  for (std::size_t handle = 0; ready != 0; ++handle, ready >>= 1) {
    machine::descriptor_source* const source = sources[handle];
    if ((ready & 1) == 0 || source == nullptr) continue;
    source->ready |= machine::descriptor_source::readable;
    tasks.mark(*source);
  }
}

namespace solo5 {

const attached_device* find_device(entry_type type, std::string_view name) noexcept {
  for (const attached_device& each : solo5_node::here().devices)
    if (each.type == type && each.name() == name) return &each;
  return nullptr;
}

}  // namespace solo5

namespace machine {

result<void, watch_error> watch(descriptor_source& source, int descriptor) noexcept {
  auto& sources = solo5_node::here().sources;
  const auto handle = static_cast<std::size_t>(descriptor);
  require(handle < sources.size() && sources[handle] == nullptr,
          "a handle is watched twice, or there is none");
  sources[handle] = &source;
  return {};
}

void unwatch(descriptor_source& source, int descriptor) noexcept {
  solo5_node::here().sources[static_cast<std::size_t>(descriptor)] = nullptr;
  source.unlink();
}

}  // namespace machine

}  // namespace mirage
