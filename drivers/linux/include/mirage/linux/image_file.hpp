// SPDX-License-Identifier: ISC
// The process's own executable as a file. What lies in the image for ever, as a crunched store does, is in
// the page cache already: sendfile gives those pages to a socket, where send would copy them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage {

class image_file {
 public:
  /// Opens /proc/self/exe. Where there is no /proc, no memory is found in it, and everything is copied.
  image_file() noexcept;

  /// Where these bytes are in the file; nothing when they are not all in the image's read-only data.
  [[nodiscard]] std::optional<std::uint64_t> offset_of(cbytes memory) const noexcept;
  [[nodiscard]] int descriptor() const noexcept { return file_.get(); }

 private:
  file_descriptor file_;
  cbytes read_only_;          // the greatest segment that nobody may write or execute
  std::uint64_t offset_ = 0;  // of its first byte
};

}  // namespace mirage
