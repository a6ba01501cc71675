// SPDX-License-Identifier: ISC
// The two rings of characters in the page of a console (xen/include/public/io/console.h, xencons_interface).
// The other end is xenconsoled, which is not trusted: an index that cannot be is taken for an empty or a full
// ring, and no place outside of the page is touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"

namespace mirage::xen {

/// What lies in the page; both ends write to it.
struct console_interface {
  static constexpr std::uint32_t in_size = 1024;
  static constexpr std::uint32_t out_size = 2048;
  char in[in_size];
  char out[out_size];
  std::uint32_t in_cons, in_prod;
  std::uint32_t out_cons, out_prod;
};

class console_ring {
 public:
  explicit console_ring(console_interface& page) noexcept : page_(page) {}

  /// Puts as much of the text as there is room for, a line's end as a terminal wants it ("\r\n"). How many
  /// characters it took; the other end has to be told.
  std::size_t put(std::string_view text) noexcept;
  /// Puts all of the text. `tell()` is called when something was put, and the other end may take it all
  /// meanwhile; `wait(before)` returns when `progress()` is no longer `before`, or false when it gives up:
  /// then what is left is not put, and this returns false.
  template <class Tell, class Wait>
  bool put_all(std::string_view text, Tell tell, Wait wait) {
    while (true) {
      const std::uint32_t before = progress();
      text.remove_prefix(put(text));
      tell();
      if (text.empty()) return true;
      if (!wait(before)) return false;
    }
  }
  /// Waits until the other end has taken all that was put; false when `wait` gives up.
  template <class Wait>
  bool wait_until_shown(Wait wait) const {
    while (true) {
      const std::uint32_t before = progress();
      if (is_shown()) return true;
      if (!wait(before)) return false;
    }
  }
  /// Takes what was typed, at most `out.size()` characters; the other end has to be told.
  std::size_t take(bytes out) noexcept;

  /// Whether the other end has taken all that was put.
  [[nodiscard]] bool is_shown() const noexcept;
  /// Changes whenever the other end takes something.
  [[nodiscard]] std::uint32_t progress() const noexcept;

 private:
  console_interface& page_;
};

}  // namespace mirage::xen
