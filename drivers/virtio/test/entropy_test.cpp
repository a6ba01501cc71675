// SPDX-License-Identifier: ISC
#include "mirage/virtio/entropy.hpp"

#include <gtest/gtest.h>

#include <string>

#include "fake_device.hpp"

namespace mirage {
namespace {

struct source {
  test::virtual_node node;
  virtio::bus bus;
  test::fake_entropy device{node, 20};
  std::string room = std::string(50, '.');

  std::size_t read() {
    bus.add(device);
    return virtio::read_entropy(bus, std::as_writable_bytes(std::span(room)));
  }
};

TEST(virtio_entropy, asks_until_it_has_enough) {
  source from;
  EXPECT_EQ(from.read(), 50u);
  EXPECT_EQ(from.room, std::string(20, 'a') + std::string(20, 'b') + std::string(10, 'c'));
  EXPECT_EQ(from.device.status(), 0) << "it is at rest again";
}

TEST(virtio_entropy, gives_nothing_without_a_device) {
  test::virtual_node node;
  virtio::bus bus;
  std::array<std::byte, 8> room{};
  EXPECT_EQ(virtio::read_entropy(bus, room), 0u);
}

TEST(virtio_entropy, does_not_take_more_than_it_asked_for) {
  source from;
  from.device.lies = 1000;
  EXPECT_EQ(from.read(), 0u);
  EXPECT_EQ(from.room, std::string(50, '.'));
}

}  // namespace
}  // namespace mirage
