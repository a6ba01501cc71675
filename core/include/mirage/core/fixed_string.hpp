// SPDX-License-Identifier: ISC
// A short text that lies in the object itself.
#pragma once

#include <algorithm>
#include <cstddef>
#include <span>
#include <string_view>

namespace mirage {

/// Up to `Capacity` bytes of text, and always a terminating zero behind them. What does not fit is left out,
/// and `cut()` says so.
template <std::size_t Capacity>
class fixed_string {
 public:
  constexpr fixed_string() noexcept = default;
  constexpr explicit fixed_string(std::string_view text) noexcept { assign(text); }

  constexpr void assign(std::string_view text) noexcept {
    const std::string_view kept = text.substr(0, Capacity);
    std::copy(kept.begin(), kept.end(), text_);
    set_size(kept.size(), kept.size() < text.size());
  }

  [[nodiscard]] static constexpr std::size_t capacity() noexcept { return Capacity; }
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] constexpr bool cut() const noexcept { return cut_; }
  [[nodiscard]] constexpr std::string_view text() const noexcept { return {text_, size_}; }
  [[nodiscard]] constexpr const char* c_str() const noexcept { return text_; }
  constexpr operator std::string_view() const noexcept { return text(); }

  /// For whoever fills the text in place: write into `space()`, then tell how much it was.
  [[nodiscard]] constexpr std::span<char> space() noexcept { return {text_, Capacity}; }
  constexpr void set_size(std::size_t size, bool cut = false) noexcept {
    size_ = std::min(size, Capacity);
    text_[size_] = '\0';
    cut_ = cut;
  }

  friend constexpr bool operator==(const fixed_string& a, const fixed_string& b) noexcept {
    return a.text() == b.text();
  }
  friend constexpr bool operator==(const fixed_string& a, std::string_view b) noexcept {
    return a.text() == b;
  }

 private:
  char text_[Capacity + 1] = {};
  std::size_t size_ = 0;
  bool cut_ = false;
};

}  // namespace mirage
