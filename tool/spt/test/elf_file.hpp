// SPDX-License-Identifier: ISC
// An ELF file for tests, as the linker makes images for spt, made field by field so that each can be wrong.
#pragma once

#include <elf.h>

#include <cstddef>
#include <cstring>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/solo5/notes.hpp"

namespace mirage::test {

struct elf_file {
  Elf64_Ehdr header{};
  std::vector<Elf64_Phdr> segments;
  std::vector<std::byte> content;  // behind the headers, from `content_offset` on
  static constexpr std::size_t content_offset = 4096;

  /// Code and data, both notes, one network device `service`.
  elf_file() {
    std::memcpy(header.e_ident, ELFMAG, SELFMAG);
    header.e_ident[EI_CLASS] = ELFCLASS64;
    header.e_ident[EI_DATA] = ELFDATA2LSB;
    header.e_type = ET_EXEC;
    header.e_machine = EM_X86_64;
    header.e_entry = 0x100010;
    header.e_phoff = sizeof header;
    header.e_phentsize = sizeof(Elf64_Phdr);
    const std::string_view code = "code, for the tests of the tender";
    add_segment(0x100000, PF_R | PF_X, add(as_bytes(code)), code.size(), code.size());
    const std::string_view data = "data";
    add_segment(0x102000, PF_R | PF_W, add(as_bytes(data)), data.size(), 0x3000);
    add_note(abi_note_bytes());
    static constexpr solo5::named_device devices[] = {{solo5::entry_type::network, "service"}};
    static constexpr auto manifest = solo5::manifest_note<1>::of(devices);
    add_note({std::as_bytes(std::span(&manifest, 1)).begin(), std::as_bytes(std::span(&manifest, 1)).end()});
  }

  static std::vector<std::byte> abi_note_bytes(std::uint32_t target = 2, std::uint32_t version = 2) {
    const std::uint32_t words[] = {6, 16, solo5::abi_note_type, 0, 0, target, version, 0, 0};
    std::vector<std::byte> note(sizeof words);
    std::memcpy(note.data(), words, sizeof words);
    std::memcpy(note.data() + 12, "Solo5", 5);
    return note;
  }
  std::size_t add(cbytes part) {
    const std::size_t at = content_offset + content.size();
    content.insert(content.end(), part.begin(), part.end());
    content.resize((content.size() + 7) / 8 * 8);
    return at;
  }
  Elf64_Phdr& add_segment(Elf64_Addr address, Elf64_Word flags, std::size_t offset, std::size_t file_size,
                          std::size_t size) {
    return segments.emplace_back(Elf64_Phdr{.p_type = PT_LOAD,
                                            .p_flags = flags,
                                            .p_offset = offset,
                                            .p_vaddr = address,
                                            .p_paddr = address,
                                            .p_filesz = file_size,
                                            .p_memsz = size,
                                            .p_align = 4096});
  }
  Elf64_Phdr& add_note(const std::vector<std::byte>& note) {
    Elf64_Phdr& made = add_segment(0, PF_R, add(note), note.size(), note.size());
    made.p_type = PT_NOTE;
    return made;
  }

  [[nodiscard]] std::vector<std::byte> file() {
    header.e_phnum = static_cast<Elf64_Half>(segments.size());
    std::vector<std::byte> all(content_offset);
    std::memcpy(all.data(), &header, sizeof header);
    std::memcpy(all.data() + sizeof header, segments.data(), segments.size() * sizeof(Elf64_Phdr));
    all.insert(all.end(), content.begin(), content.end());
    return all;
  }
};

}  // namespace mirage::test
