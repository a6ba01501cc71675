// SPDX-License-Identifier: ISC
// What a driver asks of the tender: the seam between drivers/solo5 and targets/solo5, which fills it for spt
// and for hvt; a test fills it with a tender of its own. When something has come is told by `machine::watch`
// with the device's handle.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/solo5/manifest.hpp"

namespace mirage::solo5 {

/// `again`: nothing is there, or there is no room now. `failed`: the host said no.
enum class call_error : std::uint8_t { again, failed };

/// The device of that name and kind, or null; it stays where it is.
[[nodiscard]] const attached_device* find_device(entry_type type, std::string_view name) noexcept;

/// One frame; gives its length. One that is longer than the room is cut off.
result<std::size_t, call_error> network_read(const attached_device& from, bytes room) noexcept;
result<void, call_error> network_write(const attached_device& to, cbytes frame) noexcept;

/// Exactly one block, at an offset in bytes that is a multiple of the block size. Waits for the host's disk.
result<void, call_error> block_read(const attached_device& from, std::uint64_t offset, bytes block) noexcept;
result<void, call_error> block_write(const attached_device& to, std::uint64_t offset, cbytes block) noexcept;

}  // namespace mirage::solo5
