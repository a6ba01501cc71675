// SPDX-License-Identifier: ISC
#pragma once

#include "mirage/core/bytes.hpp"

namespace mirage {

/// Fills `out` from an entropy device; false where the machine has none. It is weak, null in an image without
/// a driver of a virtio device, because with it comes all that such a driver needs.
[[gnu::weak]] bool read_device_entropy(bytes out) noexcept;

}  // namespace mirage
