// SPDX-License-Identifier: ISC
// Randomness of the host: virtio 1.2 §5.4. For a target to seed its generator from, before there is a loop.
#pragma once

#include <cstddef>

#include "mirage/core/bytes.hpp"
#include "mirage/virtio/bus.hpp"

namespace mirage::virtio {

/// Fills `out` from the next entropy device of the machine, which is given back to rest; blocks for a second
/// at most. Gives how many bytes of `out` came, from its front: 0 where there is no such device.
std::size_t read_entropy(bus& from, bytes out);

}  // namespace mirage::virtio
