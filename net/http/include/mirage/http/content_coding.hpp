// SPDX-License-Identifier: ISC
// Which of the precompressed variants of a file a client wants: Accept-Encoding, RFC 9110 §12.5.3.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/http/message_head.hpp"

namespace mirage::http {

/// In the order in which they are preferred where a client does not care.
enum class content_coding : std::uint8_t { brotli, gzip, identity };
inline constexpr std::size_t content_coding_count = 3;

/// "br", "gzip"; "identity" is never sent.
[[nodiscard]] std::string_view describe(content_coding coding) noexcept;

/// A set of content codings.
class content_codings {
 public:
  constexpr content_codings() noexcept = default;
  [[nodiscard]] constexpr content_codings with(content_coding coding) const noexcept {
    content_codings more = *this;
    more.bits_ = static_cast<std::uint8_t>(more.bits_ | (1U << static_cast<unsigned>(coding)));
    return more;
  }
  [[nodiscard]] constexpr bool has(content_coding coding) const noexcept {
    return (bits_ >> static_cast<unsigned>(coding) & 1U) != 0;
  }

 private:
  std::uint8_t bits_ = 0;
};

/// The coding that the client likes best among those that are there; among equals the first of the enum, but
/// identity only where no other is accepted. Nothing if the client refuses all of them (406). Malformed parts
/// of the field are ignored.
[[nodiscard]] std::optional<content_coding> negotiate_coding(const message_head& head,
                                                             content_codings available) noexcept;

/// Reads a weight, "q=0.5", in thousandths; nothing if it is malformed (RFC 9110 §12.4.2).
[[nodiscard]] std::optional<std::uint16_t> parse_weight(std::string_view text) noexcept;

}  // namespace mirage::http
