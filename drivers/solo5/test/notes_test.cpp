// SPDX-License-Identifier: ISC
#include "mirage/solo5/notes.hpp"

#include <gtest/gtest.h>

#include <cstring>

#include "mirage/core/endian.hpp"

namespace mirage::solo5 {
namespace {

constexpr named_device devices[] = {{entry_type::network, "service"}, {entry_type::block, "storage"}};
constexpr auto note = manifest_note<2>::of(devices);
constexpr auto empty_note = manifest_note<0>::of({});

TEST(solo5_notes, lie_as_a_tender_reads_them) {
  const cbytes all = std::as_bytes(std::span(&note, 1));
  EXPECT_EQ(load_le32(all.data()), 6U);
  EXPECT_EQ(load_le32(all.data() + 4), 4 + 8 + 3 * 104U);
  EXPECT_EQ(load_le32(all.data() + 8), 0x3154464dU);
  EXPECT_EQ(std::memcmp(all.data() + 12, "Solo5\0\0\0", 8), 0);
  EXPECT_EQ(all.size(), 24 + 8 + 3 * 104U);
  EXPECT_EQ(check_manifest(all.subspan(24)), 3U);
  const manifest_entry service = entry_at(all.subspan(24), 1);
  EXPECT_STREQ(service.name.data(), "service");
  EXPECT_EQ(service.type, entry_type::network);
}

TEST(solo5_notes, are_there_without_devices_too) {
  const cbytes all = std::as_bytes(std::span(&empty_note, 1));
  EXPECT_EQ(check_manifest(all.subspan(24)), 1U);
}

TEST(solo5_notes, name_the_abi) {
  constexpr abi_note_section abi{abi_target::spt};
  const cbytes all = std::as_bytes(std::span(&abi, 1));
  EXPECT_EQ(load_le32(all.data()), 6U);
  EXPECT_EQ(load_le32(all.data() + 4), 16U);
  EXPECT_EQ(load_le32(all.data() + 8), 0x31494241U);
  EXPECT_EQ(std::memcmp(all.data() + 12, "Solo5\0\0\0", 8), 0);
  EXPECT_EQ(load_le32(all.data() + 20), 2U);
  EXPECT_EQ(load_le32(all.data() + 24), 2U);
}

}  // namespace
}  // namespace mirage::solo5
