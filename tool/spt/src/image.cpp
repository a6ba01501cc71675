// SPDX-License-Identifier: ISC
#include "image.hpp"

#include <elf.h>

#include <algorithm>
#include <cstring>
#include <optional>
#include <utility>

namespace mirage::tender {

namespace {

constexpr std::uint64_t page = 4096;
constexpr std::uint64_t lowest_address = 0x100000;
constexpr std::size_t most_headers = 64;
constexpr std::size_t note_name_room = 8;  // "Solo5", filled up to four bytes

// `size` bytes at `offset`, if the file has them.
std::optional<cbytes> part_of(cbytes file, std::uint64_t offset, std::uint64_t size) noexcept {
  if (offset > file.size() || size > file.size() - offset) return std::nullopt;
  return file.subspan(static_cast<std::size_t>(offset), static_cast<std::size_t>(size));
}

// A structure of elf.h, whatever its alignment in the file.
template <class Structure>
std::optional<Structure> load(cbytes file, std::uint64_t offset) noexcept {
  const auto raw = part_of(file, offset, sizeof(Structure));
  if (!raw) return std::nullopt;
  Structure made{};
  std::memcpy(&made, raw->data(), sizeof made);
  return made;
}

constexpr std::uint64_t page_below(std::uint64_t address) noexcept { return address / page * page; }
constexpr std::uint64_t page_above(std::uint64_t address) noexcept { return page_below(address + page - 1); }

result<Elf64_Ehdr, image_error> read_header(cbytes file) noexcept {
  const auto header = load<Elf64_Ehdr>(file, 0);
  if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0) return fail(image_error::not_elf);
  if (header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_ident[EI_DATA] != ELFDATA2LSB ||
      header->e_machine != EM_X86_64)
    return fail(image_error::other_machine);
  if (header->e_type != ET_EXEC) return fail(image_error::not_static);
  if (header->e_phentsize != sizeof(Elf64_Phdr) || header->e_phnum == 0 || header->e_phnum > most_headers)
    return fail(image_error::cut_off);
  return *header;
}

result<segment, image_error> read_segment(cbytes file, const Elf64_Phdr& header, std::uint64_t lowest,
                                          std::uint64_t memory_size) noexcept {
  if (header.p_filesz > header.p_memsz || header.p_align < page || header.p_align % page != 0)
    return fail(image_error::bad_segment);
  const auto content = part_of(file, header.p_offset, header.p_filesz);
  if (!content) return fail(image_error::cut_off);
  if (header.p_vaddr < lowest_address) return fail(image_error::too_low);
  if (header.p_vaddr > memory_size || header.p_memsz > memory_size - header.p_vaddr)
    return fail(image_error::too_large);
  if (page_below(header.p_vaddr) < lowest) return fail(image_error::overlap);
  const bool writable = (header.p_flags & PF_W) != 0;
  const bool executable = (header.p_flags & PF_X) != 0;
  if (writable && executable) return fail(image_error::writable_code);
  return segment{.address = header.p_vaddr,
                 .size = header.p_memsz,
                 .content = *content,
                 .writable = writable,
                 .executable = executable};
}

struct note {
  std::uint32_t type;
  cbytes content;
};

// The first note of a segment of notes, if it is one of Solo5's: the others are not looked at, as with Solo5.
result<std::optional<note>, image_error> read_note(cbytes file, const Elf64_Phdr& segment) noexcept {
  const auto all = part_of(file, segment.p_offset, segment.p_filesz);
  if (!all) return fail(image_error::cut_off);
  const auto header = load<Elf64_Nhdr>(*all, 0);
  if (!header) return fail(image_error::bad_note);
  const auto name = part_of(*all, sizeof *header, header->n_namesz);
  if (!name || as_text(*name) != solo5::note_name) return std::optional<note>{};
  const auto content = part_of(*all, sizeof *header + note_name_room, header->n_descsz);
  if (!content) return fail(image_error::bad_note);
  return note{.type = header->n_type, .content = *content};
}

result<void, image_error> check_abi(cbytes content) noexcept {
  const auto abi = load<solo5::abi_note>(content, 0);
  if (!abi || content.size() != sizeof *abi) return fail(image_error::bad_note);
  if (abi->target != solo5::abi_target::spt || abi->version != solo5::abi_version)
    return fail(image_error::other_abi);
  return {};
}

// What is gathered from the program headers, one after another.
class reader {
 public:
  reader(cbytes file, std::uint64_t memory_size) noexcept : file_(file), memory_size_(memory_size) {}

  result<void, image_error> add(const Elf64_Phdr& header) {
    switch (header.p_type) {
      case PT_INTERP:
      case PT_DYNAMIC: return fail(image_error::not_static);
      case PT_LOAD: return header.p_memsz == 0 ? result<void, image_error>{} : add_segment(header);
      case PT_GNU_STACK: image_.stack_size = header.p_memsz; return {};
      case PT_NOTE: return add_note(header);
      default: return {};
    }
  }

  result<unikernel_image, image_error> finish(std::uint64_t entry) && {
    const auto holds_entry = [entry](const segment& each) {
      return each.executable && entry >= each.address && entry - each.address < each.content.size();
    };
    if (std::ranges::none_of(image_.segments, holds_entry)) return fail(image_error::no_entry);
    if (!has_abi_) return fail(image_error::no_abi);
    if (image_.entries == 0) return fail(image_error::no_manifest);
    image_.entry = entry;
    return std::move(image_);
  }

 private:
  result<void, image_error> add_segment(const Elf64_Phdr& header) {
    MIRAGE_TRY(segment made, read_segment(file_, header, image_.end, memory_size_));
    image_.end = page_above(made.address + made.size);
    image_.segments.push_back(made);
    return {};
  }

  result<void, image_error> add_note(const Elf64_Phdr& header) {
    MIRAGE_TRY(const auto found, read_note(file_, header));
    if (!found) return {};
    if (found->type == solo5::abi_note_type) {
      MIRAGE_TRY_VOID(check_abi(found->content));
      if (std::exchange(has_abi_, true)) return fail(image_error::bad_note);
    } else if (found->type == solo5::manifest_note_type) {
      const auto manifest = part_of(found->content, solo5::manifest_note_padding,
                                    found->content.size() - solo5::manifest_note_padding);
      if (found->content.size() < solo5::manifest_note_padding || !manifest || image_.entries != 0)
        return fail(image_error::bad_note);
      const auto entries = solo5::check_manifest(*manifest);
      if (!entries) return fail(image_error::bad_manifest);
      image_.manifest = manifest->first(solo5::manifest_size(*entries));
      image_.entries = *entries;
    }
    return {};
  }

  cbytes file_;
  std::uint64_t memory_size_;
  unikernel_image image_;
  bool has_abi_ = false;
};

}  // namespace

std::string_view describe(image_error error) noexcept {
  switch (error) {
    case image_error::not_elf: return "it is no ELF file";
    case image_error::other_machine: return "it is not for x86-64";
    case image_error::not_static: return "it is no static program";
    case image_error::cut_off: return "it is cut off, or its headers are damaged";
    case image_error::bad_segment: return "a segment has a size or an alignment that cannot be";
    case image_error::too_low: return "a segment lies below 0x100000";
    case image_error::too_large: return "it does not fit into the memory; give it more with --mem";
    case image_error::overlap: return "its segments overlap or are not in order";
    case image_error::writable_code: return "a segment is writable and executable";
    case image_error::no_entry: return "it does not begin in its code";
    case image_error::bad_note: return "a note of Solo5's is damaged or there twice";
    case image_error::no_abi: return "it is no image for Solo5; configure it with -t spt";
    case image_error::other_abi: return "it is for another target or version of Solo5 than spt, version 2";
    case image_error::no_manifest: return "it names no devices: its manifest is missing";
    default: return "its manifest of devices is damaged";
  }
}

result<unikernel_image, image_error> read_image(cbytes file, std::uint64_t memory_size) {
  MIRAGE_TRY(const Elf64_Ehdr header, read_header(file));
  reader reading(file, memory_size);
  for (std::uint64_t i = 0; i < header.e_phnum; ++i) {
    if (header.e_phoff > file.size()) return fail(image_error::cut_off);
    const auto each = load<Elf64_Phdr>(file, header.e_phoff + i * sizeof(Elf64_Phdr));
    if (!each) return fail(image_error::cut_off);
    MIRAGE_TRY_VOID(reading.add(*each));
  }
  return std::move(reading).finish(header.e_entry);
}

}  // namespace mirage::tender
