// SPDX-License-Identifier: ISC
// Request methods, RFC 9110 §9 and RFC 5789 (PATCH).
#pragma once

#include <cstdint>
#include <string_view>

namespace mirage::http {

/// The methods that a program usually tells apart. `other` is any further token; its text is in the request.
enum class method : std::uint8_t { get, head, post, put, delete_, connect, options, trace, patch, other };

/// Method names are case-sensitive: `get` is `other`.
[[nodiscard]] method parse_method(std::string_view token) noexcept;

/// The name on the wire; "" for `other`.
[[nodiscard]] std::string_view describe(method value) noexcept;

}  // namespace mirage::http
