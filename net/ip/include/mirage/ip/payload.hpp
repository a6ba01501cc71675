// SPDX-License-Identifier: ISC
// The payload of a packet that is not written by a device: that is cut, or goes to ourselves.
#pragma once

#include <cstddef>

#include "mirage/core/buffer.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Appends the slices to the first `filled` bytes and makes the packet as long as that.
void join_payload(buffer& packet, std::size_t filled, const buffer_list& slices) noexcept;

/// Does what `how` asks of a device, because none can: fills in the checksum of TCP or UDP before the cut.
void finish_checksum(buffer& payload, v1::ip_protocol protocol, const v1::transmit& how) noexcept;

}  // namespace mirage
