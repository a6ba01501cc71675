// SPDX-License-Identifier: ISC
#include "mirage/solo5/manifest.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

namespace mirage::solo5 {
namespace {

/// A manifest as it stands in a file: the first entry, a disk and a network.
class manifest_bytes {
 public:
  explicit manifest_bytes(std::uint32_t entries = 3) : all_(manifest_size(entries)) {
    const manifest_header header{.version = manifest_version, .entries = entries};
    std::memcpy(all_.data(), &header, sizeof header);
    set(0, [](manifest_entry& first) { first.type = entry_type::reserved_first; });
    for (std::size_t place = 1; place < entries; ++place) {
      set(place, [place](manifest_entry& one) {
        name(one, "device" + std::to_string(place));
        one.type = place % 2 == 1 ? entry_type::block : entry_type::network;
      });
    }
  }
  static void name(manifest_entry& entry, std::string_view text) {
    entry.name = {};
    text.copy(entry.name.data(), entry.name.size());
  }
  template <class Change>
  void set(std::size_t place, Change change) {
    manifest_entry entry = entry_at(all_, place);
    change(entry);
    store_entry(all_, place, entry);
  }
  void fill_in() {
    set(1, [](manifest_entry& disk) {
      disk.block = {.capacity = 1 << 20, .block_size = 512};
      disk.descriptor = 7;
      disk.attached = 1;
    });
    set(2, [](manifest_entry& net) {
      net.network = {.mac = {2, 0, 0, 0, 0, 9}, .mtu = 1500};
      net.descriptor = 8;
      net.attached = 1;
    });
  }
  [[nodiscard]] bytes all() { return all_; }

 private:
  std::vector<std::byte> all_;
};

TEST(solo5_manifest, is_read_as_the_tender_filled_it_in) {
  manifest_bytes given;
  given.fill_in();
  const auto read = read_manifest(given.all());
  ASSERT_TRUE(read.has_value());
  ASSERT_EQ(read->size(), 2U);
  const attached_device& disk = (*read)[0];
  EXPECT_EQ(disk.handle, 1U);
  EXPECT_EQ(disk.type, entry_type::block);
  EXPECT_EQ(disk.name(), "device1");
  EXPECT_EQ(disk.descriptor, 7);
  EXPECT_EQ(disk.capacity, 1U << 20);
  EXPECT_EQ(disk.block_size, 512U);
  const attached_device& net = (*read)[1];
  EXPECT_EQ(net.handle, 2U);
  EXPECT_EQ(net.mac, mac_address("02:00:00:00:00:09"));
  EXPECT_EQ(net.mtu, 1500U);
}

TEST(solo5_manifest, without_devices_is_a_manifest_too) {
  manifest_bytes given(1);
  EXPECT_EQ(check_manifest(given.all()), 1U);
  const auto read = read_manifest(given.all());
  ASSERT_TRUE(read.has_value());
  EXPECT_TRUE(read->empty());
}

TEST(solo5_manifest, has_room_for_63_devices) {
  manifest_bytes given(64);
  EXPECT_EQ(check_manifest(given.all()), 64U);
  manifest_bytes one_more(65);
  EXPECT_EQ(check_manifest(one_more.all()), fail(manifest_error::too_many));
}

TEST(solo5_manifest, that_is_cut_off_is_refused) {
  manifest_bytes given;
  for (std::size_t size = 0; size < given.all().size(); ++size)
    EXPECT_EQ(check_manifest(given.all().first(size)), fail(manifest_error::too_short)) << size;
}

TEST(solo5_manifest, of_another_shape_is_refused) {
  const auto expect = [](manifest_error why, std::size_t place, auto change) {
    manifest_bytes given;
    given.set(place, change);
    EXPECT_EQ(check_manifest(given.all()), fail(why)) << describe(why);
    EXPECT_FALSE(describe(why).empty());
  };
  expect(manifest_error::no_first, 0, [](manifest_entry& e) { e.type = entry_type::block; });
  expect(manifest_error::no_first, 0, [](manifest_entry& e) { manifest_bytes::name(e, "x"); });
  expect(manifest_error::bad_name, 1, [](manifest_entry& e) { manifest_bytes::name(e, ""); });
  expect(manifest_error::bad_name, 1, [](manifest_entry& e) { manifest_bytes::name(e, "disk.img"); });
  expect(manifest_error::bad_name, 1, [](manifest_entry& e) { e.name.fill('x'); });
  expect(manifest_error::same_name, 2, [](manifest_entry& e) { manifest_bytes::name(e, "device1"); });
  expect(manifest_error::bad_type, 2, [](manifest_entry& e) { e.type = entry_type{3}; });
  expect(manifest_error::bad_type, 2, [](manifest_entry& e) { e.type = entry_type::reserved_first; });
  expect(manifest_error::not_blank, 2, [](manifest_entry& e) { e.attached = 1; });
  expect(manifest_error::not_blank, 1, [](manifest_entry& e) { e.block.capacity = 1; });
  manifest_bytes other;
  other.all()[0] = std::byte{2};
  EXPECT_EQ(check_manifest(other.all()), fail(manifest_error::version));
  manifest_bytes none;
  none.all()[4] = std::byte{0};
  EXPECT_EQ(check_manifest(none.all()), fail(manifest_error::no_first));
}

TEST(solo5_manifest, filled_in_as_no_device_can_be_is_refused) {
  const auto expect = [](manifest_error why, std::size_t place, auto change) {
    manifest_bytes given;
    given.fill_in();
    given.set(place, change);
    const auto read = read_manifest(given.all());
    ASSERT_FALSE(read.has_value()) << describe(why);
    EXPECT_EQ(read.error(), why) << describe(why);
  };
  expect(manifest_error::not_attached, 1, [](manifest_entry& e) { e.attached = 0; });
  expect(manifest_error::not_attached, 2, [](manifest_entry& e) { e.attached = 2; });
  expect(manifest_error::bad_block, 1, [](manifest_entry& e) { e.block.block_size = 0; });
  expect(manifest_error::bad_block, 1, [](manifest_entry& e) { e.block.block_size = 256; });
  expect(manifest_error::bad_block, 1, [](manifest_entry& e) { e.block.block_size = 768; });
  expect(manifest_error::bad_block, 1, [](manifest_entry& e) { e.block.capacity = 0; });
  expect(manifest_error::bad_block, 1, [](manifest_entry& e) { e.block.capacity = 513; });
  expect(manifest_error::bad_network, 2, [](manifest_entry& e) { e.network.mac[0] = 1; });
  expect(manifest_error::bad_network, 2, [](manifest_entry& e) { e.network.mtu = 67; });
}

TEST(solo5_manifest, names_are_letters_and_digits) {
  EXPECT_TRUE(is_device_name("service"));
  EXPECT_TRUE(is_device_name(std::string(67, 'a')));
  EXPECT_FALSE(is_device_name(std::string(68, 'a')));
  EXPECT_FALSE(is_device_name("a-b"));
  EXPECT_FALSE(is_device_name(""));
}

}  // namespace
}  // namespace mirage::solo5
