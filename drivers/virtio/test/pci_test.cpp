// SPDX-License-Identifier: ISC
#include "mirage/virtio/pci.hpp"

#include <gtest/gtest.h>

#include <array>
#include <bit>
#include <cstring>
#include <map>

#include "mirage/core/endian.hpp"
#include "mirage/test/virtual_node.hpp"
#include "mirage/virtio/bus.hpp"

namespace mirage::virtio {
namespace {

// A device with its registers in memory, at the offsets that the capabilities say.
struct fake_function {
  std::array<std::byte, 256> space{};
  alignas(16) std::array<std::byte, 4096> memory{};

  explicit fake_function(std::uint16_t device = 0x1041) {
    set(0x00, 0x1af4U | std::uint32_t{device} << 16U);
    set(0x04, 0x0010'0400);
    set(0x34, 0x40);
    set(0x3c, 11);
    const auto address = std::bit_cast<std::uintptr_t>(memory.data());
    set(0x18, static_cast<std::uint32_t>(address) | 4);
    set(0x1c, static_cast<std::uint32_t>(address >> 32U));
    add(0x40, 0x50, 1, 0, 0x38);       // common
    add(0x50, 0x60, 3, 0x100, 4);      // interrupt status
    add(0x60, 0x74, 4, 0x200, 0x40);   // device
    add(0x74, 0x00, 2, 0x300, 0x100);  // notification
    set(0x84, 4);                      // its multiplier
  }
  void set(std::size_t offset, std::uint32_t value) { store_le32(space.data() + offset, value); }
  void add(std::uint8_t at, std::uint8_t next, std::uint8_t kind, std::uint32_t offset,
           std::uint32_t length) {
    set(at, 9U | std::uint32_t{next} << 8U | 20U << 16U | std::uint32_t{kind} << 24U);
    set(at + 4U, 2);
    set(at + 8U, offset);
    set(at + 12U, length);
  }
};

std::uint32_t word_at(const fake_function& of, std::size_t offset) {
  return load_le32(of.space.data() + offset);
}

struct fake_pci final : pci_bus {
  std::map<pci_bus::function, fake_function> present;
  unsigned reads = 0;

  [[nodiscard]] std::uint32_t read(pci_bus::function of, std::uint8_t offset) noexcept override {
    ++reads;
    const auto place = present.find(of);
    return place == present.end() ? UINT32_MAX : load_le32(place->second.space.data() + (offset & 0xfcU));
  }
  void write(pci_bus::function of, std::uint8_t offset, std::uint32_t value) noexcept override {
    if (const auto place = present.find(of); place != present.end()) place->second.set(offset, value);
  }
  fake_function& add(pci_bus::function where, std::uint16_t device = 0x1041) {
    return present.try_emplace(where, device).first->second;
  }
};

TEST(pci_transport, finds_its_registers_by_the_capabilities) {
  fake_pci pci;
  auto& here = pci.add(8);
  auto device = pci_transport::probe(pci, 8);
  ASSERT_TRUE(device);
  EXPECT_EQ(load_le32(here.space.data() + 4) & 0xffffU, 6u)
      << "memory and mastering are on, the pin is not off";
  EXPECT_EQ(device->kind(), device_kind::network);
  EXPECT_EQ(device->interrupt(), 11u);
  device->set_status(7);
  EXPECT_EQ(here.memory[20], std::byte{7});
  store_le16(here.memory.data() + 24, 128);
  EXPECT_EQ(device->queue_limit(1), 128);
  EXPECT_EQ(load_le16(here.memory.data() + 22), 1);
  EXPECT_EQ(device->queue_limit(4), 0);
  store_le16(here.memory.data() + 30, 5);
  device->enable_queue(1, {.size = 64, .descriptors = 0x1'0000'2000, .available = 0x3000, .used = 0x4000});
  EXPECT_EQ(load_le16(here.memory.data() + 24), 64);
  EXPECT_EQ(load_le64(here.memory.data() + 32), 0x1'0000'2000U);
  EXPECT_EQ(load_le64(here.memory.data() + 40), 0x3000U);
  EXPECT_EQ(load_le64(here.memory.data() + 48), 0x4000U);
  EXPECT_EQ(load_le16(here.memory.data() + 28), 1);
  device->notify(1);
  EXPECT_EQ(load_le16(here.memory.data() + 0x300 + 5 * 4), 1);
  here.memory[0x100] = std::byte{3};
  EXPECT_EQ(device->take_interrupts(), 3);
  store_le32(here.memory.data() + 0x204, 0xabcd1234);
  EXPECT_EQ(device->configuration(4, 4), 0xabcd1234);
  EXPECT_EQ(device->configuration(0x3e, 4), 0u) << "beyond the structure";
}

TEST(pci_transport, interrupts_by_message_where_it_can) {
  test::virtual_node node;
  fake_pci pci;
  auto& here = pci.add(8);
  here.set(0x74, word_at(here, 0x74) | 0xa0U << 8U);
  here.set(0xa0, 0x4000'0011);  // behind the others; all is masked
  here.set(0xa4, 0x800 | 2);    // the table
  auto device = pci_transport::probe(pci, 8);
  ASSERT_TRUE(device);
  const auto message = machine::new_interrupt_message();
  EXPECT_EQ(device->interrupt(), message->interrupt);
  EXPECT_EQ(word_at(here, 0xa0), 0x8000'0011U);
  EXPECT_EQ(load_le64(here.memory.data() + 0x800), message->address);
  EXPECT_EQ(load_le32(here.memory.data() + 0x808), message->data);
  EXPECT_EQ(load_le32(here.memory.data() + 0x80c), 0u) << "it is not masked";
  store_le16(here.memory.data() + 16, 0xffff);
  device->accept_features(0);
  EXPECT_EQ(load_le16(here.memory.data() + 16), 0) << "of the configuration";
  store_le16(here.memory.data() + 24, 128);
  store_le16(here.memory.data() + 26, 0xffff);
  EXPECT_EQ(device->queue_limit(1), 128);
  EXPECT_EQ(load_le16(here.memory.data() + 26), 0) << "of the queue";
  EXPECT_EQ(device->take_interrupts(), interrupt_cause::queue | interrupt_cause::configuration);
}

TEST(pci_transport, does_not_ring_outside_of_its_registers) {
  fake_pci pci;
  auto& here = pci.add(8);
  auto device = pci_transport::probe(pci, 8);
  store_le16(here.memory.data() + 30, 0x3fff);
  device->enable_queue(0, {});
  const auto before = here.memory;
  device->notify(0);
  EXPECT_EQ(here.memory, before);
}

TEST(pci_transport, believes_in_no_endless_structure) {
  fake_pci pci;
  pci.add(8).add(0x60, 0x74, 4, 0, UINT32_MAX);
  auto device = pci_transport::probe(pci, 8);
  ASSERT_TRUE(device);
  EXPECT_EQ(device->configuration(64 * 1024, 4), 0u) << "beyond what is looked at";
}

TEST(pci_transport, is_no_other_device) {
  fake_pci pci;
  EXPECT_FALSE(pci_transport::probe(pci, 0)) << "nothing there";
  pci.add(8).set(0, 0x1041'8086);
  EXPECT_FALSE(pci_transport::probe(pci, 8));
  pci.add(16, 0x1000);
  EXPECT_EQ(pci_transport::probe(pci, 16)->kind(), device_kind::network) << "a transitional one";
  pci.add(24, 0x1005);
  EXPECT_EQ(pci_transport::probe(pci, 24)->kind(), device_kind::entropy);
}

TEST(pci_transport, needs_its_structures) {
  fake_pci pci;
  auto& short_common = pci.add(8);
  short_common.add(0x40, 0x50, 1, 0, 0x37);
  EXPECT_FALSE(pci_transport::probe(pci, 8));
  auto& circle = pci.add(16);
  circle.add(0x50, 0x40, 3, 0x100, 4);  // never comes to the others
  EXPECT_FALSE(pci_transport::probe(pci, 16));
  auto& ports = pci.add(24);
  ports.set(0x18, 0xc001);
  EXPECT_FALSE(pci_transport::probe(pci, 24));
  auto& bar = pci.add(32);
  bar.set(0x44, 6);
  EXPECT_FALSE(pci_transport::probe(pci, 32));
}

TEST(bus, looks_at_every_device_of_the_first_bus) {
  fake_pci pci;
  pci.add(0, 0x9999);
  pci.add(8, 0x1042);
  pci.add(9, 0x1041);  // a second function, which nobody asks for
  pci.add(24, 0x1041).set(0x0c, 0x0080'0000);
  pci.add(25, 0x1041);
  bus all;
  all.look_at(pci);
  EXPECT_NE(all.claim(device_kind::block), nullptr);
  EXPECT_NE(all.claim(device_kind::network), nullptr);
  EXPECT_NE(all.claim(device_kind::network), nullptr);
  EXPECT_EQ(all.claim(device_kind::network), nullptr);
}

}  // namespace
}  // namespace mirage::virtio
