// SPDX-License-Identifier: ISC
// The battery-backed clock of a PC (MC146818).
#pragma once

#include "mirage/core/time.hpp"

namespace mirage {

/// The time of day in whole seconds, taken as UTC. 1970 where there is no such clock.
wall_time read_real_time_clock() noexcept;

}  // namespace mirage
