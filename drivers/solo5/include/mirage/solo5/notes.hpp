// SPDX-License-Identifier: ISC
// The manifest of an image as a constant, for the section .note.solo5.manifest:
//
//   constexpr mirage::solo5::named_device devices[] = {{mirage::solo5::entry_type::network, "service"}};
//   [[gnu::section(".note.solo5.manifest"), gnu::used]] constexpr auto note =
//       mirage::solo5::manifest_note<1>::of(devices);
//
// The build of an image writes such a file from the devices of config.cpp (cmake/mirage_solo5.cmake).
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/solo5/manifest.hpp"

namespace mirage::solo5 {

struct named_device {
  entry_type type;
  std::string_view name;
};

/// The ABI note, for the section .note.solo5.abi. Its alignment differs from that of the manifest, so that
/// the linker gives each a segment of its own, which is where a tender looks.
struct alignas(4) abi_note_section {
  constexpr explicit abi_note_section(abi_target target) noexcept
      : content{.target = target, .version = abi_version, .reserved0 = 0, .reserved1 = 0} {}

  std::uint32_t name_size = note_name.size();
  std::uint32_t size = sizeof(abi_note);
  std::uint32_t type = abi_note_type;
  std::array<char, 8> name{'S', 'o', 'l', 'o', '5'};
  abi_note content;
};
static_assert(sizeof(abi_note_section) == 36);

/// An ELF note with `Devices` devices. A name that no tender takes, or that two devices have, does not
/// compile.
template <std::size_t Devices>
struct alignas(8) manifest_note {
  static_assert(Devices < max_entries, "a Solo5 image has at most 63 devices");

  std::uint32_t name_size = note_name.size();
  std::uint32_t size =
      manifest_note_padding + sizeof(manifest_header) + (Devices + 1) * sizeof(manifest_entry);
  std::uint32_t type = manifest_note_type;
  std::array<char, 8> name{'S', 'o', 'l', 'o', '5'};
  std::array<char, manifest_note_padding> padding{};
  manifest_header header{.version = manifest_version, .entries = Devices + 1};
  std::array<manifest_entry, Devices + 1> entries{};

  static consteval manifest_note of(std::span<const named_device> devices) {
    manifest_note made;
    made.entries[0].type = entry_type::reserved_first;
    for (std::size_t i = 0; i < Devices; ++i) {
      const named_device& device = devices[i];
      const auto has_same_name = [&](const named_device& other) { return other.name == device.name; };
      if (!is_device_name(device.name)) the_name_of_a_device_is_1_to_67_letters_and_digits();
      if (std::ranges::count_if(devices, has_same_name) != 1) two_devices_have_one_name();
      std::ranges::copy(device.name, made.entries[i + 1].name.begin());
      made.entries[i + 1].type = device.type;
    }
    return made;
  }

 private:
  static void the_name_of_a_device_is_1_to_67_letters_and_digits();
  static void two_devices_have_one_name();
};

}  // namespace mirage::solo5
