// SPDX-License-Identifier: ISC
#include "mirage/linux/entropy.hpp"

#include <string.h>
#include <sys/random.h>

#include <cerrno>
#include <cstring>

#include "mirage/core/panic.hpp"

namespace mirage {

namespace {

void ask_kernel(bytes out) noexcept {
  while (!out.empty()) {
    const ssize_t got = ::getrandom(out.data(), out.size(), 0);
    require(got > 0 || errno == EINTR, "the kernel gives no random bytes");
    if (got > 0) out = out.subspan(static_cast<std::size_t>(got));
  }
}

}  // namespace

entropy_buffer::~entropy_buffer() { ::explicit_bzero(block_.data(), block_.size()); }

void entropy_buffer::fill(bytes out) noexcept {
  if (out.size() > block_.size() / 2) return ask_kernel(out);
  if (out.size() > left_) {
    ask_kernel(block_);
    left_ = block_.size();
  }
  if (out.empty()) return;
  std::byte* from = block_.data() + (block_.size() - left_);
  std::memcpy(out.data(), from, out.size());
  ::explicit_bzero(from, out.size());
  left_ -= out.size();
}

}  // namespace mirage
