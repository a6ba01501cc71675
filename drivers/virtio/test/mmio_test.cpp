// SPDX-License-Identifier: ISC
#include "mirage/virtio/mmio.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <string>

#include "mirage/core/endian.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/virtio/bus.hpp"

namespace mirage::virtio {
namespace {

TEST(mmio_place, is_written_as_hypervisors_do) {
  const mmio_place expected{.size = 512, .address = 0xfeb00e00, .interrupt = 12};
  EXPECT_EQ(mmio_place::parse("512@0xfeb00e00:12"), expected);
  EXPECT_EQ(mmio_place::parse("0x200@0xfeb00e00:12:3"), expected);
  EXPECT_EQ(mmio_place::parse("4K@0xd0000000:5"),
            (mmio_place{.size = 4096, .address = 0xd0000000, .interrupt = 5}));
  EXPECT_EQ(mmio_place::parse("1M@4294967296:255"),
            (mmio_place{.size = 1 << 20, .address = 1ULL << 32, .interrupt = 255}));
}

TEST(mmio_place, is_not_written_otherwise) {
  for (const std::string_view text : {"", "512", "512@", "512@0x", "512@0x10", "512@0x10:", "512@0x10:x",
                                      "512:1@2", "@0x10:1", "512@0x10:1:", "512@0x10:1 ", "512X@0x10:1",
                                      "99999999999999999999@1:1", "99999999999G@1:1", "512@1:99999"})
    EXPECT_FALSE(mmio_place::parse(text)) << text;
}

// Registers that only remember what was written to them.
struct registers {
  alignas(8) std::array<std::byte, 0x200> memory{};
  mmio_place place{.size = 0x200, .address = std::bit_cast<std::uintptr_t>(memory.data()), .interrupt = 9};

  registers() {
    set(0x00, 0x74726976);
    set(0x04, 2);
    set(0x08, 1);
  }
  void set(std::size_t offset, std::uint32_t value) { store_le32(memory.data() + offset, value); }
  [[nodiscard]] std::uint32_t get(std::size_t offset) const { return load_le32(memory.data() + offset); }
};

TEST(mmio_transport, is_found_by_its_magic) {
  registers here;
  const auto found = mmio_transport::probe(here.place);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->interrupt(), 9u);
  here.set(0x08, 0);
  EXPECT_EQ(mmio_transport::probe(here.place).error(), mmio_transport::probe_error::nothing_there);
  here.set(0x08, 1);
  here.set(0x04, 1);
  EXPECT_EQ(mmio_transport::probe(here.place).error(), mmio_transport::probe_error::legacy);
  here.set(0x00, 0);
  EXPECT_EQ(mmio_transport::probe(here.place).error(), mmio_transport::probe_error::nothing_there);
  here.place.size = 0x80;
  EXPECT_EQ(mmio_transport::probe(here.place).error(), mmio_transport::probe_error::nothing_there);
}

TEST(mmio_transport, writes_where_the_standard_says) {
  registers here;
  auto device = *mmio_transport::probe(here.place);
  EXPECT_EQ(device.kind(), device_kind::network);
  device.set_status(3);
  EXPECT_EQ(here.get(0x70), 3u);
  device.notify(1);
  EXPECT_EQ(here.get(0x50), 1u);
  device.accept_features(feature_bit(feature::version_1) | 7);
  EXPECT_EQ(here.get(0x24), 1u) << "the upper half comes last";
  EXPECT_EQ(here.get(0x20), 1u);
  here.set(0x34, 1024);
  EXPECT_EQ(device.queue_limit(1), 1024);
  EXPECT_EQ(here.get(0x30), 1u);
  device.enable_queue(0, {.size = 64, .descriptors = 0x1'0000'2000, .available = 0x3000, .used = 0x4000});
  EXPECT_EQ(here.get(0x38), 64u);
  EXPECT_EQ(here.get(0x80), 0x2000u);
  EXPECT_EQ(here.get(0x84), 1u);
  EXPECT_EQ(here.get(0x90), 0x3000u);
  EXPECT_EQ(here.get(0xa0), 0x4000u);
  EXPECT_EQ(here.get(0x44), 1u);
  here.set(0x60, 3);
  EXPECT_EQ(device.take_interrupts(), 3);
  EXPECT_EQ(here.get(0x64), 3u);
  here.set(0x104, 0x12345678);
  EXPECT_EQ(device.configuration(4, 4), 0x12345678u);
  EXPECT_EQ(device.configuration(6, 2), 0x1234u);
  EXPECT_EQ(device.configuration(7, 1), 0x12u);
  EXPECT_EQ(device.configuration(0x100, 4), 0u) << "beyond what was mapped";
}

TEST(bus, hands_out_each_device_once_and_in_order) {
  registers first;
  registers second;
  registers disk;
  registers old;
  disk.set(0x08, 2);
  old.set(0x04, 1);
  bus all;
  for (const registers* each : {&first, &disk, &second, &old}) all.look_at(each->place);
  transport* one = all.claim(device_kind::network);
  ASSERT_NE(one, nullptr);
  one->set_status(1);
  EXPECT_EQ(first.get(0x70), 1u);
  transport* other = all.claim(device_kind::network);
  ASSERT_NE(other, nullptr);
  EXPECT_NE(other, one);
  EXPECT_EQ(all.claim(device_kind::network), nullptr);
  EXPECT_NE(all.claim(device_kind::block), nullptr);
  EXPECT_EQ(all.refused(), 1u);
}

TEST(bus, takes_the_words_of_a_command_line_that_are_meant_for_it) {
  registers here;
  bus all;
  EXPECT_FALSE(all.take_word("--virtio_mmio.device=512@0x1:1"));
  EXPECT_TRUE(all.take_word("virtio_mmio.device=nonsense"));
  EXPECT_EQ(all.claim(device_kind::network), nullptr);
  EXPECT_TRUE(all.take_word("virtio_mmio.device=512@" + std::to_string(here.place.address) + ":9"));
  EXPECT_NE(all.claim(device_kind::network), nullptr);
}

TEST(bus, refuses_more_devices_than_it_can_hold) {
  std::array<registers, 20> many;
  bus all;
  for (registers& each : many) {
    each.place.address = std::bit_cast<std::uintptr_t>(each.memory.data());
    all.look_at(each.place);
  }
  EXPECT_EQ(all.refused(), 4u);
}

}  // namespace
}  // namespace mirage::virtio
