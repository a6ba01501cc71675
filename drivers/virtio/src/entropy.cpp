// SPDX-License-Identifier: ISC
#include "mirage/virtio/entropy.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "mirage/core/os.hpp"
#include "mirage/virtio/device.hpp"

namespace mirage::virtio {

namespace {

constexpr std::uint16_t request_queue = 0;
constexpr duration patience = 1s;

std::uint64_t choose(std::uint64_t) noexcept { return 0; }

}  // namespace

std::size_t read_entropy(bus& from, bytes out) {
  device source("entropy", from);
  if (!source.begin(device_kind::entropy, choose)) return 0;
  auto queue = source.make_queue(request_queue, 2);
  if (!queue) return 0;
  source.run();
  // The device may still write into this until it has been reset, so it is not `out`.
  std::array<std::byte, 256> room;
  std::size_t filled = 0;
  const instant deadline = os::monotonic() + patience;
  while (filled < out.size()) {
    const std::array wish{cbytes(room).first(std::min(room.size(), out.size() - filled))};
    (*queue)->add({}, wish);
    if ((*queue)->publish()) source.registers().notify(request_queue);
    auto done = (*queue)->take();
    while (done.what == virtqueue::completion::kind::none && os::monotonic() < deadline)
      done = (*queue)->take();
    if (done.what == virtqueue::completion::kind::broken) source.fail((*queue)->fault());
    if (done.what != virtqueue::completion::kind::done || done.written == 0) break;
    std::memcpy(out.data() + filled, room.data(), done.written);
    filled += done.written;
  }
  source.reset();
  return filled;
}

}  // namespace mirage::virtio
