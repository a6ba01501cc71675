// SPDX-License-Identifier: ISC
// A file descriptor that closes itself.
#pragma once

#include <utility>

namespace mirage {

class file_descriptor {
 public:
  file_descriptor() noexcept = default;
  /// Takes it over; a negative one stands for none.
  explicit file_descriptor(int number) noexcept : number_(number) {}
  file_descriptor(file_descriptor&& other) noexcept : number_(std::exchange(other.number_, -1)) {}
  file_descriptor& operator=(file_descriptor&& other) noexcept {
    const file_descriptor old(std::move(*this));
    number_ = other.release();
    return *this;
  }
  ~file_descriptor() { reset(); }

  [[nodiscard]] explicit operator bool() const noexcept { return number_ >= 0; }
  [[nodiscard]] int get() const noexcept { return number_; }
  [[nodiscard]] int release() noexcept { return std::exchange(number_, -1); }
  /// Closes it now.
  void reset() noexcept;

 private:
  int number_ = -1;
};

}  // namespace mirage
