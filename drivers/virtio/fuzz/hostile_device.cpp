// SPDX-License-Identifier: ISC
// A device that does what its input says, and a driver that is used meanwhile: nothing is read or written out
// of bounds (the sanitizers see to that), a driver always comes to its end, and then no memory is held.
// covers: src/virtqueue.cpp src/network.cpp src/block.cpp src/console.cpp src/device.cpp
#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "../test/fake_device.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/test/fuzz_input.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/virtio/block.hpp"
#include "mirage/virtio/console.hpp"
#include "mirage/virtio/network.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

// Registers as they should be, and rings that hold what the input says.
class hostile final : public test::fake_transport {
 public:
  hostile(test::virtual_node& node, virtio::device_kind kind, std::uint64_t offered)
      : fake_transport(node, kind, offered) {}

  void act(test::fuzz_input& from) {
    if (!is_running()) return;
    const std::size_t queue = from.below(queues);
    if (!has_queue(queue)) return;
    test::fake_ring& here = ring(queue);
    switch (from.below(8)) {
      case 0: take(here, taken_[queue], from); break;
      case 1:
        here.put(from.number(2), from.number(2));
        blind_ = true;
        break;
      case 2: here.show(); break;
      case 3:
        here.set_used_index(static_cast<std::uint16_t>(from.number(2)));
        blind_ = true;
        break;
      case 4: here.set_used_flags(static_cast<std::uint16_t>(from.number(2))); break;
      case 5: give_back(here, taken_[queue], from); break;
      case 6: scribble(here, from); break;
      case 7: set_field(from.below(48), from.number(4), 4); break;
    }
    if (from.below(2) == 0) raise(static_cast<std::uint8_t>(from.below(4)));
  }

 private:
  struct chain_taken {
    std::uint16_t id;
    std::uint32_t room;
  };
  void notified(std::uint16_t) override {}
  void reset() override {
    for (auto& each : taken_) each.clear();
    fake_transport::reset();
  }

  // Writes what may be written. Once a chain may have been given back without our knowing which, its memory
  // may be somebody else's: what a device writes there is beyond any driver's reach.
  void take(test::fake_ring& here, std::vector<chain_taken>& taken, test::fuzz_input& from) {
    if (blind_) return;
    const auto chain = here.take();
    if (!chain) return;
    std::string content;
    for (std::uint32_t left = from.below(40); left > 0; --left) content += static_cast<char>(from.number(1));
    chain->write(content);
    if (!chain->to_write.empty()) chain->to_write.back().back() = static_cast<std::byte>(from.below(3));
    taken.push_back({chain->id, static_cast<std::uint32_t>(chain->room())});
  }
  // An honest completion, or nearly.
  void give_back(test::fake_ring& here, std::vector<chain_taken>& taken, test::fuzz_input& from) {
    if (taken.empty()) return;
    const auto [id, room] = taken.back();
    taken.pop_back();
    const std::uint32_t kind = from.below(4);
    blind_ = blind_ || kind == 0;
    here.complete(id, kind == 0 ? from.number(2) : kind == 1 ? room + 1 : room);
  }
  // Over the descriptors, which the device cannot follow itself any more.
  void scribble(test::fake_ring& here, test::fuzz_input& from) {
    blind_ = true;
    std::byte* const table = test::at_address(here.where().descriptors);
    store_le32(table + 4 * (from.number(2) % (std::size_t{4} * here.where().size)), from.number(4));
  }

  std::array<std::vector<chain_taken>, 4> taken_;
  bool blind_ = false;
};

struct counting_sink {
  void input(buffer&& frame, const v1::received&) {
    bytes_seen += frame.size();
    for (const std::byte each : frame.view()) sum += std::to_integer<unsigned>(each);
    if (frame.size() % 3 == 0) kept.push_back(std::move(frame));
    if (kept.size() > 20) kept.clear();
  }
  void batch_end() {}
  void writable() { ++told; }
  std::size_t bytes_seen = 0;
  unsigned sum = 0;
  unsigned told = 0;
  std::vector<buffer> kept;
};

template <class Device>
bool start(test::virtual_node& node, Device& device) {
  return node.run(device.start(), 10s).has_value();
}

void use_network(test::virtual_node& node, virtio::bus& all, hostile& machine, test::fuzz_input& from) {
  virtio::network network("network_0", all, {.send_queue = 32, .receive_queue = 16, .batch = 8});
  counting_sink sink;
  const subscription listening = network.listen(sink);
  if (start(node, network)) {
    while (!from.empty()) {
      machine.act(from);
      if (from.below(3) == 0) {
        buffer_list slices;
        for (std::uint32_t i = from.below(17); i > 0; --i)
          slices.push_back(buffer::allocate(from.below(100)));
        const std::size_t size = from.below(200);
        static_cast<void>(network.write(
            {.header = size}, [size](bytes to) noexcept { return std::min(size, to.size()); },
            std::move(slices)));
      }
      if (from.below(4) == 0) node.advance(3ms);
      node.settle();
    }
  }
  node.run(network.stop(), 10s);
}

task<> use_once(virtio::block& disk, std::uint32_t what, std::uint32_t place) {
  switch (what % 4) {
    case 0: static_cast<void>(co_await disk.read(place % 70, 1 + place % 5)); break;
    case 1: static_cast<void>(co_await disk.write(place % 70, buffer::allocate(512))); break;
    case 2: static_cast<void>(co_await disk.flush()); break;
    default: static_cast<void>(co_await disk.discard(place % 70, place % 40)); break;
  }
}

void use_disk(test::virtual_node& node, virtio::bus& all, hostile& machine, test::fuzz_input& from) {
  virtio::block disk("block_0", all, {.in_flight = 8});
  {
    scope working;
    if (start(node, disk)) {
      while (!from.empty()) {
        machine.act(from);
        if (from.below(2) == 0 && working.size() < 30)
          static_cast<void>(working.spawn("use", use_once(disk, from.below(4), from.below(250))));
        if (from.below(16) == 0) working.cancel();
        node.settle();
      }
    }
    node.run(disk.stop(), 10s);
  }
}

task<> use_once(virtio::console& console, std::uint32_t what) {
  if (what % 2 == 0)
    static_cast<void>(co_await console.write(buffer::copy_of(as_bytes("something to show"))));
  else
    static_cast<void>(co_await console.read());
}

void use_console(test::virtual_node& node, virtio::bus& all, hostile& machine, test::fuzz_input& from) {
  virtio::console console("console_0", all);
  {
    scope working;
    if (start(node, console)) {
      while (!from.empty()) {
        machine.act(from);
        if (from.below(2) == 0 && working.size() < 1)
          static_cast<void>(working.spawn("use", use_once(console, from.below(2))));
        if (from.below(16) == 0) working.cancel();
        node.settle();
      }
    }
    node.run(console.stop(), 10s);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size > 4096) return 0;
  test::virtual_node node({.frames = 1 << 20, .buffers = 1 << 20});
  test::fuzz_input from(std::as_bytes(std::span(data, size)));
  const std::uint32_t kind = from.below(3);
  const std::uint64_t offered =
      (kind == 0 ? test::fake_network::all : test::fake_disk::all) & ~(std::uint64_t{from.number(1)} << 22U);
  constexpr std::array kinds{virtio::device_kind::network, virtio::device_kind::block,
                             virtio::device_kind::console};
  hostile machine(node, kinds[kind], offered);
  machine.set_field(0, 64, 8);
  machine.set_field(12, 20, 4);
  machine.set_field(20, 512, 4);
  machine.set_field(36, 8, 4);
  if (kind == 0) {
    machine.set_field(6, 1, 2);
    machine.set_field(10, 1500, 2);
  }
  machine.queue_entries = static_cast<std::uint16_t>(8U << from.below(5));
  if (from.below(16) == 0) machine.never_resets = true;
  virtio::bus all;
  all.add(machine);
  if (kind == 0) use_network(node, all, machine, from);
  if (kind == 1) use_disk(node, all, machine, from);
  if (kind == 2) use_console(node, all, machine, from);
  check(node.buffers.live() == 0);
#ifdef MIRAGE_PLANTED_BUG
  check(node.console_text().find("length_too_long") == std::string::npos);
#endif
  return 0;
}
