// SPDX-License-Identifier: ISC
#include "../src/image.hpp"

#include <gtest/gtest.h>

#include "elf_file.hpp"

namespace mirage::tender {
namespace {

using test::elf_file;

constexpr std::uint64_t memory = 16 << 20;
constexpr std::size_t code = 0;
constexpr std::size_t data = 1;
constexpr std::size_t abi = 2;
constexpr std::size_t manifest = 3;

TEST(tender_image, is_read_with_its_segments_and_devices) {
  elf_file made;
  const auto file = made.file();
  const auto read = read_image(file, memory);
  ASSERT_TRUE(read.has_value()) << describe(read.error());
  EXPECT_EQ(read->entry, 0x100010U);
  EXPECT_EQ(read->end, 0x105000U);
  ASSERT_EQ(read->segments.size(), 2U);
  EXPECT_TRUE(read->segments[0].executable && !read->segments[0].writable);
  EXPECT_EQ(as_text(read->segments[0].content), "code, for the tests of the tender");
  EXPECT_TRUE(read->segments[1].writable && !read->segments[1].executable);
  EXPECT_EQ(read->segments[1].size, 0x3000U);
  EXPECT_EQ(read->entries, 2U);
  EXPECT_EQ(read->manifest.size(), solo5::manifest_size(2));
  EXPECT_STREQ(solo5::entry_at(read->manifest, 1).name.data(), "service");
}

TEST(tender_image, that_is_cut_off_is_refused) {
  elf_file made;
  const auto file = made.file();
  for (std::size_t size = 0; size < file.size() - 8; size += size < 512 ? 1 : 61)
    EXPECT_FALSE(read_image(cbytes(file).first(size), memory).has_value()) << size;
}

template <class Change>
void expect(image_error why, Change change) {
  elf_file made;
  change(made);
  const auto file = made.file();
  const auto read = read_image(file, memory);
  ASSERT_FALSE(read.has_value()) << describe(why);
  EXPECT_EQ(read.error(), why) << describe(read.error()) << " instead of " << describe(why);
}

TEST(tender_image, with_another_header_is_refused) {
  expect(image_error::not_elf, [](elf_file& f) { f.header.e_ident[0] = 'M'; });
  expect(image_error::other_machine, [](elf_file& f) { f.header.e_machine = EM_AARCH64; });
  expect(image_error::other_machine, [](elf_file& f) { f.header.e_ident[EI_CLASS] = ELFCLASS32; });
  expect(image_error::not_static, [](elf_file& f) { f.header.e_type = ET_DYN; });
  expect(image_error::not_static, [](elf_file& f) { f.segments[abi].p_type = PT_INTERP; });
  expect(image_error::cut_off, [](elf_file& f) { f.header.e_phentsize = 32; });
  expect(image_error::cut_off, [](elf_file& f) { f.header.e_phoff = ~std::uint64_t{0} - 32; });
  expect(image_error::cut_off, [](elf_file& f) { f.segments.clear(); });
  expect(image_error::no_entry, [](elf_file& f) { f.header.e_entry = 0x102000; });
  expect(image_error::no_entry, [](elf_file& f) { f.header.e_entry = 0xfffff; });
}

TEST(tender_image, with_another_segment_is_refused) {
  expect(image_error::too_low, [](elf_file& f) { f.segments[code].p_vaddr = 0xff000; });
  expect(image_error::too_large, [](elf_file& f) { f.segments[data].p_memsz = memory; });
  expect(image_error::too_large, [](elf_file& f) { f.segments[data].p_memsz = ~std::uint64_t{0}; });
  expect(image_error::too_large, [](elf_file& f) { f.segments[data].p_vaddr = ~std::uint64_t{0} - 4095; });
  expect(image_error::overlap, [](elf_file& f) { f.segments[data].p_vaddr = 0x100800; });
  expect(image_error::overlap, [](elf_file& f) { std::swap(f.segments[code], f.segments[data]); });
  expect(image_error::writable_code, [](elf_file& f) { f.segments[code].p_flags |= PF_W; });
  expect(image_error::bad_segment, [](elf_file& f) { f.segments[data].p_filesz = 0x4000; });
  expect(image_error::bad_segment, [](elf_file& f) { f.segments[data].p_align = 8; });
  expect(image_error::cut_off, [](elf_file& f) { f.segments[data].p_offset = 1 << 20; });
  expect(image_error::cut_off, [](elf_file& f) { f.segments[data].p_offset = ~std::uint64_t{0}; });
}

TEST(tender_image, with_other_notes_is_refused) {
  expect(image_error::no_abi, [](elf_file& f) { f.segments[abi].p_type = PT_NULL; });
  expect(image_error::no_manifest, [](elf_file& f) { f.segments[manifest].p_type = PT_NULL; });
  expect(image_error::bad_note, [](elf_file& f) { f.segments[manifest].p_filesz = 30; });
  expect(image_error::no_manifest, [](elf_file& f) { f.segments[manifest].p_filesz = 16; });
  expect(image_error::bad_note, [](elf_file& f) { f.add_note(elf_file::abi_note_bytes()); });
  for (const auto& [target, version] : {std::pair{1U, 2U}, std::pair{2U, 1U}}) {
    expect(image_error::other_abi, [&](elf_file& f) {
      f.segments[abi].p_type = PT_NULL;
      f.add_note(elf_file::abi_note_bytes(target, version));
    });
  }
  expect(image_error::bad_manifest, [](elf_file& f) {
    const std::size_t version = f.segments[manifest].p_offset - elf_file::content_offset + 24;
    f.content[version] = std::byte{9};
  });
}

TEST(tender_image, with_notes_of_others_is_read) {
  elf_file made;
  const std::uint32_t other[] = {4, 4, 1, 0x00554e47, 0};  // "GNU"
  std::vector<std::byte> note(sizeof other);
  std::memcpy(note.data(), other, sizeof other);
  made.add_note(note);
  const auto file = made.file();
  EXPECT_TRUE(read_image(file, memory).has_value());
}

}  // namespace
}  // namespace mirage::tender
