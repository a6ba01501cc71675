// SPDX-License-Identifier: ISC
#include "capture_file.hpp"

#include <cerrno>
#include <cstring>
#include <utility>

namespace mirage::simulator {

capture_file::capture_file(std::filesystem::path path)
    : path_(std::move(path)), file_(std::fopen(path_.c_str(), "wb")) {
  if (file_) writer_.emplace(*this);
}

void capture_file::append(cbytes part) noexcept {
  if (!file_ || error_ != 0) return;
  if (std::fwrite(part.data(), 1, part.size(), file_.get()) != part.size()) error_ = errno;
}

outcome<void> capture_file::close() {
  if (std::fclose(file_.release()) != 0 && error_ == 0) error_ = errno;
  if (error_ == 0) return {};
  return refuse("cannot write all of {}: {}", path_.string(), std::strerror(error_));
}

}  // namespace mirage::simulator
