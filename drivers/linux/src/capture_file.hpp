// SPDX-License-Identifier: ISC
// Every frame of an interface in a file of the host, to look at with tcpdump, tshark or Wireshark.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/pcap/writer.hpp"

namespace mirage::detail {

/// Frames are written when they are seen, a system call each, so that the file is whole whatever happens to
/// the process. Checksums that are left to the device are not there yet.
class capture_file final : pcap::output {
 public:
  /// Makes the file anew. Null when that is not possible.
  [[nodiscard]] static std::unique_ptr<capture_file> open(const std::string& path, std::string_view device);

  void record(cbytes front, const buffer_list& slices = {}) noexcept;

 private:
  capture_file(file_descriptor file, std::string_view device) noexcept;
  void append(cbytes part) noexcept override;
  void flush() noexcept;

  file_descriptor file_;
  std::unique_ptr<std::byte[]> pending_;  // one record
  std::size_t used_ = 0;
  counter cut_;
  pcap::writer writer_;
};

}  // namespace mirage::detail
