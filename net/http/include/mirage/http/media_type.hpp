// SPDX-License-Identifier: ISC
// Media types (RFC 9110 §8.3) by the extension of a file's name.
#pragma once

#include <string_view>

namespace mirage::http {

/// The value of Content-Type for a file of this name; text is said to be UTF-8. "application/octet-stream"
/// where the extension is unknown or missing. Extensions are compared without regard to case.
[[nodiscard]] std::string_view media_type(std::string_view name) noexcept;

/// Whether content of this type is worth compressing.
[[nodiscard]] bool is_compressible(std::string_view type) noexcept;

}  // namespace mirage::http
