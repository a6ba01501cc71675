// SPDX-License-Identifier: ISC
#include "capture_file.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "mirage/core/os.hpp"

namespace mirage::detail {

namespace {
constexpr std::size_t longest_record = 72 * 1024;
}

std::unique_ptr<capture_file> capture_file::open(const std::string& path, std::string_view device) {
  file_descriptor file(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  if (!file) return nullptr;
  return std::unique_ptr<capture_file>(new capture_file(std::move(file), device));
}

capture_file::capture_file(file_descriptor file, std::string_view device) noexcept
    : file_(std::move(file)),
      pending_(std::make_unique<std::byte[]>(longest_record)),
      cut_("network_capture_failures_total", {{"device", device}},
           "Frames that the file of the capture has no room for"),
      writer_(*this) {
  flush();
}

void capture_file::record(cbytes front, const buffer_list& slices) noexcept {
  writer_.record(os::wall(), front, slices);
  flush();
}

void capture_file::append(cbytes part) noexcept {
  const std::size_t taken = std::min(part.size(), longest_record - used_);
  std::memcpy(pending_.get() + used_, part.data(), taken);
  used_ += taken;
}

void capture_file::flush() noexcept {
  std::size_t written = 0;
  while (written < used_) {
    const ssize_t count = ::write(file_.get(), pending_.get() + written, used_ - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) break;
    written += static_cast<std::size_t>(count);
  }
  if (written < used_) ++cut_;
  used_ = 0;
}

}  // namespace mirage::detail
