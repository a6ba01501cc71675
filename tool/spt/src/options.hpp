// SPDX-License-Identifier: ISC
// The command line of mirage-spt, which is that of Solo5's tender as far as it goes.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "mirage/core/mac_address.hpp"
#include "mirage/core/result.hpp"

namespace mirage::tender {

struct options {
  std::uint64_t memory_size = std::uint64_t{512} << 20;  ///< bytes
  std::map<std::string, std::string> networks;           ///< by the name in the manifest: a tap of the host
  std::map<std::string, mac_address> addresses;          ///< of some of these; random without one
  std::map<std::string, std::string> disks;              ///< by the name in the manifest: a file
  std::map<std::string, std::uint32_t> block_sizes;      ///< of some of these, bytes
  std::string image;
  std::string arguments;  ///< one line, for the unikernel
  bool help = false;
  bool dry_run = false;
};

inline constexpr std::string_view usage =
    "mirage-spt [OPTION...] IMAGE [--] [ARGUMENT...]\n"
    "  --memory MEGABYTES, --mem=MEGABYTES  memory of the unikernel (512)\n"
    "  --net:NAME=TAP                       the tap of a network device (NAME)\n"
    "  --net-mac:NAME=ADDRESS               its MAC address (random)\n"
    "  --block:NAME=FILE                    the file of a block device (NAME.img)\n"
    "  --block-sector-size:NAME=BYTES       its block size, 512 to 4096 (512)\n"
    "  --dry-run                            print the command for Solo5's own tender, do nothing\n";

/// What an option says of a device, or what holds without one.
[[nodiscard]] std::string tap_of(const options& given, const std::string& device);
[[nodiscard]] std::string file_of(const options& given, const std::string& device);

/// An error is a sentence.
[[nodiscard]] result<options, std::string> read_options(std::span<const char* const> words);

/// The words as one line that `split_command_line` splits into these words again.
[[nodiscard]] std::string joined(std::span<const char* const> words);

}  // namespace mirage::tender
