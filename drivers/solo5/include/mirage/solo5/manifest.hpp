// SPDX-License-Identifier: ISC
// The manifest of a Solo5 image, version 1: which devices it has, by name and kind. It lies in a note of the
// ELF file; a tender copies it into the unikernel's memory with what it has attached filled in, and the
// place of a device in it is the handle by which every call names the device.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

#include "mirage/core/bytes.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/mac_address.hpp"
#include "mirage/core/result.hpp"

namespace mirage::solo5 {

// ---- Layout, little-endian on both machines that Solo5 runs on -----------------------------------------

inline constexpr std::uint32_t manifest_version = 1;
inline constexpr std::size_t max_entries = 64;  ///< the first is reserved, so 63 devices
inline constexpr std::size_t max_name = 67;     ///< bytes, letters and digits

enum class entry_type : std::uint32_t { block = 1, network = 2, reserved_first = 1U << 30 };

struct manifest_header {
  std::uint32_t version;
  std::uint32_t entries;
};

struct block_properties {
  std::uint64_t capacity;    ///< bytes
  std::uint16_t block_size;  ///< bytes
};
struct network_properties {
  std::array<std::uint8_t, 6> mac;
  std::uint16_t mtu;
};

/// What stands behind `type` is zero in a file; a tender fills it in.
struct manifest_entry {
  std::array<char, max_name + 1> name;  ///< ends with a zero byte
  entry_type type;
  union {
    block_properties block;
    network_properties network;
  };
  union {
    std::int32_t descriptor;  ///< spt: of the host
    std::uint64_t opaque;
  };
  std::uint8_t attached;
  std::array<std::uint8_t, 7> padding;
};

static_assert(sizeof(manifest_entry) == 104 && offsetof(manifest_entry, type) == 68 &&
              offsetof(manifest_entry, block) == 72 && offsetof(manifest_entry, descriptor) == 88 &&
              offsetof(manifest_entry, attached) == 96 && std::is_trivially_copyable_v<manifest_entry>);

/// The manifest as it stands in a note: behind the name of the note come four bytes of padding.
inline constexpr std::uint32_t manifest_note_type = 0x3154464d;  // "MFT1"
inline constexpr std::size_t manifest_note_padding = 4;
inline constexpr std::uint32_t abi_note_type = 0x31494241;  // "ABI1"
inline constexpr std::string_view note_name{"Solo5\0", 6};  // with its zero byte
inline constexpr std::uint32_t abi_version = 2;
enum class abi_target : std::uint32_t { hvt = 1, spt = 2 };

/// The descriptor of the ABI note.
struct abi_note {
  abi_target target;
  std::uint32_t version;
  std::uint32_t reserved0;
  std::uint32_t reserved1;
};
static_assert(sizeof(abi_note) == 16);

// ---- What is read from it ------------------------------------------------------------------------------

/// A device that a tender has attached; everything in it has been checked.
struct attached_device {
  std::uint32_t handle = 0;
  entry_type type = entry_type::block;
  std::array<char, max_name + 1> name_bytes{};
  std::int32_t descriptor = -1;  ///< spt
  std::uint64_t capacity = 0;    ///< block: bytes, whole blocks
  std::uint32_t block_size = 0;  ///< block: bytes, a power of two, at least 512
  mac_address mac{};             ///< network
  std::uint32_t mtu = 0;         ///< network: bytes of payload in a frame

  [[nodiscard]] std::string_view name() const noexcept { return name_bytes.data(); }
};

using attached_devices = inline_vector<attached_device, max_entries - 1>;

enum class manifest_error : std::uint8_t {
  too_short,
  version,
  too_many,
  no_first,
  bad_name,
  same_name,
  bad_type,
  not_blank,
  not_attached,
  bad_block,
  bad_network
};
[[nodiscard]] std::string_view describe(manifest_error error) noexcept;

/// Letters and digits, 1 to 67 of them.
[[nodiscard]] constexpr bool is_device_name(std::string_view name) noexcept {
  for (const char c : name)
    if (!(c >= 'a' && c <= 'z') && !(c >= 'A' && c <= 'Z') && !(c >= '0' && c <= '9')) return false;
  return !name.empty() && name.size() <= max_name;
}

/// An entry and its place, as they stand in bytes that `check_manifest` accepted.
[[nodiscard]] std::size_t manifest_size(std::size_t entries) noexcept;
[[nodiscard]] manifest_entry entry_at(cbytes manifest, std::size_t place) noexcept;
void store_entry(bytes manifest, std::size_t place, const manifest_entry& entry) noexcept;

/// For a tender: whether these bytes are the manifest of an image, with nothing filled in. Gives the number
/// of entries, the reserved first one among them; what stands behind them is ignored.
[[nodiscard]] result<std::size_t, manifest_error> check_manifest(cbytes manifest) noexcept;

/// For the image: the devices of a manifest that a tender has filled in. One that is not attached, or whose
/// properties no device can have, is an error.
[[nodiscard]] result<attached_devices, manifest_error> read_manifest(cbytes manifest) noexcept;

}  // namespace mirage::solo5
