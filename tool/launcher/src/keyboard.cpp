// SPDX-License-Identifier: ISC
#include "keyboard.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>

namespace mirage::launcher {

namespace {

constexpr char escape = 0x01;               // Ctrl-A, which QEMU takes for itself if it comes once
constexpr char end_of_transmission = 0x04;  // Ctrl-D

}  // namespace

pollfd keyboard::wanted() const {
  if (!waiting_.empty()) return {to_, POLLOUT, 0};
  return {from_, POLLIN, 0};
}

void keyboard::step() {
  if (waiting_.empty()) read();
  if (!waiting_.empty()) write();
}

void keyboard::read() {
  if (from_ < 0) return;
  std::array<char, 512> piece;
  const auto size = ::read(from_, piece.data(), piece.size());
  if (size < 0 && (errno == EINTR || errno == EAGAIN)) return;
  for (std::size_t i = 0; size > 0 && i < static_cast<std::size_t>(size); ++i) {
    if (piece[i] == escape) waiting_ += escape;
    waiting_ += piece[i];
  }
  if (size > 0) return;
  waiting_ += end_of_transmission;
  close();
}

void keyboard::write() {
  const auto size = ::write(to_, waiting_.data(), waiting_.size());
  if (size > 0) waiting_.erase(0, static_cast<std::size_t>(size));
  if (size < 0 && errno != EINTR && errno != EAGAIN) waiting_.clear();  // nobody reads any more
}

}  // namespace mirage::launcher
