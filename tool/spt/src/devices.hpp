// SPDX-License-Identifier: ISC
// The host's side of a unikernel's devices: taps and files, opened and entered in its manifest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "image.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "options.hpp"

namespace mirage::tender {

/// A descriptor, open until the process ends, and what may be done with it.
struct open_device {
  std::uint32_t handle = 0;
  solo5::entry_type type = solo5::entry_type::block;
  int descriptor = -1;
  std::uint64_t capacity = 0;
  std::uint32_t block_size = 0;
};

/// Opens what the manifest names and fills the manifest in. An option for a device that the image does not
/// have is an error; an error is a sentence, with what has to be typed where that helps.
[[nodiscard]] result<std::vector<open_device>, std::string> open_devices(bytes manifest, std::size_t entries,
                                                                         const options& given);

/// The same as a command line for Solo5's own tender.
[[nodiscard]] std::string solo5_command(cbytes manifest, std::size_t entries, const options& given);

}  // namespace mirage::tender
