// SPDX-License-Identifier: ISC
// A unikernel that was built for the target `sim`, in this process.
#pragma once

#include <filesystem>

#include "failure.hpp"
#include "mirage/simulation/image.hpp"

namespace mirage::simulator {

/// It stays loaded to the end of the process: what it made may live as long.
outcome<const simulation::image*> load_image(const std::filesystem::path& file);

}  // namespace mirage::simulator
