// SPDX-License-Identifier: ISC
// A device that serves one user (sharing.hpp) and has several gets a share, and each user a port on it.
#pragma once

#include "graph.hpp"

namespace mirage::config {

/// A user is who takes the device and is not below another who takes it: a stack is one together with the
/// layers that it stands on. Refused where two users stand on one and the same layer. The devices have no
/// names yet.
[[nodiscard]] outcome<graph> insert_shares(const graph& image);

}  // namespace mirage::config
