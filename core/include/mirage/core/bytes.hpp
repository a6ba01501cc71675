// SPDX-License-Identifier: ISC
// Borrowed bytes. A span never owns; what must outlive the call is a `buffer`.
#pragma once

#include <cstddef>
#include <span>
#include <string_view>

namespace mirage {

using bytes = std::span<std::byte>;
using cbytes = std::span<const std::byte>;

/// The bytes of a text, without a copy; valid as long as the text is.
[[nodiscard]] inline cbytes as_bytes(std::string_view text) noexcept {
  return std::as_bytes(std::span<const char>(text.data(), text.size()));
}

/// Bytes seen as text, without a copy or a check of the encoding.
[[nodiscard]] inline std::string_view as_text(cbytes data) noexcept {
  return {static_cast<const char*>(static_cast<const void*>(data.data())), data.size()};
}

}  // namespace mirage
