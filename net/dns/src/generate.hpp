// SPDX-License-Identifier: ISC
// The arithmetic of BIND's `$GENERATE`: `1-10/2`, and `$`, `${offset,width,base}` in a text.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mirage::dns {

struct generate_range {
  std::uint32_t first = 0;
  std::uint32_t last = 0;
  std::uint32_t step = 1;

  [[nodiscard]] static std::optional<generate_range> parse(std::string_view text) noexcept;
  [[nodiscard]] std::uint32_t count() const noexcept { return (last - first) / step + 1; }
};

/// The text with the number in it; nothing when it is malformed or does not fit.
[[nodiscard]] std::optional<std::string_view> generate(std::string_view text, std::uint32_t number,
                                                       std::span<char> space) noexcept;

}  // namespace mirage::dns
