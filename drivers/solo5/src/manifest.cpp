// SPDX-License-Identifier: ISC
#include "mirage/solo5/manifest.hpp"

#include <algorithm>
#include <bit>
#include <cstring>

namespace mirage::solo5 {

namespace {

constexpr std::uint32_t smallest_block = 512;
constexpr std::uint32_t smallest_mtu = 68;  // what every link of IPv4 carries (RFC 791)

std::string_view name_of(const manifest_entry& entry) noexcept {
  const auto* const end = std::ranges::find(entry.name, '\0');
  return {entry.name.data(), static_cast<std::size_t>(end - entry.name.begin())};
}

// What both sides check: the first entry, the kinds, and that names are names and differ.
result<std::size_t, manifest_error> check_entries(cbytes manifest) noexcept {
  manifest_header header{};
  if (manifest.size() < sizeof header) return fail(manifest_error::too_short);
  std::memcpy(&header, manifest.data(), sizeof header);
  if (header.version != manifest_version) return fail(manifest_error::version);
  if (header.entries > max_entries) return fail(manifest_error::too_many);
  if (header.entries == 0) return fail(manifest_error::no_first);
  if (manifest.size() < manifest_size(header.entries)) return fail(manifest_error::too_short);
  const manifest_entry first = entry_at(manifest, 0);
  if (first.type != entry_type::reserved_first || first.name[0] != '\0')
    return fail(manifest_error::no_first);
  for (std::size_t place = 1; place < header.entries; ++place) {
    const manifest_entry entry = entry_at(manifest, place);
    const std::string_view name = name_of(entry);
    if (!is_device_name(name)) return fail(manifest_error::bad_name);
    if (entry.type != entry_type::block && entry.type != entry_type::network)
      return fail(manifest_error::bad_type);
    for (std::size_t other = 1; other < place; ++other)
      if (name_of(entry_at(manifest, other)) == name) return fail(manifest_error::same_name);
  }
  return header.entries;
}

result<attached_device, manifest_error> read_entry(const manifest_entry& entry, std::size_t place) noexcept {
  if (entry.attached != 1) return fail(manifest_error::not_attached);
  attached_device made{
      .handle = static_cast<std::uint32_t>(place), .type = entry.type, .name_bytes = entry.name};
  made.descriptor = entry.descriptor;
  if (entry.type == entry_type::block) {
    made.capacity = entry.block.capacity;
    made.block_size = entry.block.block_size;
    if (!std::has_single_bit(made.block_size) || made.block_size < smallest_block ||
        made.capacity < made.block_size || made.capacity % made.block_size != 0)
      return fail(manifest_error::bad_block);
  } else {
    made.mac = mac_address(entry.network.mac);
    made.mtu = entry.network.mtu;
    if (made.mac.is_multicast() || made.mtu < smallest_mtu) return fail(manifest_error::bad_network);
  }
  return made;
}

}  // namespace

std::string_view describe(manifest_error error) noexcept {
  switch (error) {
    case manifest_error::too_short: return "the manifest of devices is cut off";
    case manifest_error::version: return "the manifest of devices is of another version than 1";
    case manifest_error::too_many: return "the manifest has more than 63 devices";
    case manifest_error::no_first: return "the manifest lacks its first entry";
    case manifest_error::bad_name: return "a device's name is not of 1 to 67 letters and digits";
    case manifest_error::same_name: return "two devices have one name";
    case manifest_error::bad_type: return "a device is of an unknown kind";
    case manifest_error::not_blank: return "the manifest in the image is filled in already";
    case manifest_error::not_attached: return "a device of the image is not attached";
    case manifest_error::bad_block: return "a block device has a capacity or a block size that cannot be";
    default: return "a network device has an address or an MTU that cannot be";
  }
}

std::size_t manifest_size(std::size_t entries) noexcept {
  return sizeof(manifest_header) + entries * sizeof(manifest_entry);
}

manifest_entry entry_at(cbytes manifest, std::size_t place) noexcept {
  manifest_entry entry{};
  std::memcpy(&entry, manifest.data() + manifest_size(place), sizeof entry);
  return entry;
}

void store_entry(bytes manifest, std::size_t place, const manifest_entry& entry) noexcept {
  std::memcpy(manifest.data() + manifest_size(place), &entry, sizeof entry);
}

result<std::size_t, manifest_error> check_manifest(cbytes manifest) noexcept {
  MIRAGE_TRY(const std::size_t entries, check_entries(manifest));
  constexpr std::size_t filled_in = offsetof(manifest_entry, block);
  for (std::size_t place = 0; place < entries; ++place) {
    const cbytes entry = manifest.subspan(manifest_size(place), sizeof(manifest_entry));
    if (std::ranges::any_of(entry.subspan(filled_in), [](std::byte b) { return b != std::byte{}; }))
      return fail(manifest_error::not_blank);
  }
  return entries;
}

result<attached_devices, manifest_error> read_manifest(cbytes manifest) noexcept {
  MIRAGE_TRY(const std::size_t entries, check_entries(manifest));
  attached_devices devices;
  for (std::size_t place = 1; place < entries; ++place) {
    MIRAGE_TRY(const attached_device made, read_entry(entry_at(manifest, place), place));
    devices.push_back(made);
  }
  return devices;
}

}  // namespace mirage::solo5
