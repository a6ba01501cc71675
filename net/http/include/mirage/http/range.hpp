// SPDX-License-Identifier: ISC
// Range requests, RFC 9110 §14, and the multipart/byteranges form of their answer (§14.6).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mirage::http {

/// Bytes `first` to `last`, both within the representation.
struct byte_range {
  std::uint64_t first = 0;
  std::uint64_t last = 0;
  [[nodiscard]] std::uint64_t length() const noexcept { return last - first + 1; }
  friend bool operator==(const byte_range&, const byte_range&) = default;
};

enum class range_answer : std::uint8_t {
  whole,          ///< ignore Range: it is malformed, of another unit, or asks for too much of a patchwork
  partial,        ///< 206 with the ranges
  unsatisfiable,  ///< 416
};

struct ranges {
  range_answer answer = range_answer::whole;
  std::span<byte_range> list;  ///< a part of the space given
};

/// Reads the value of Range for a representation of `size` bytes. Ranges that lie beyond its end are left
/// out. RFC 9110 §14.2 lets a server protect itself: where there are more ranges than `space`, or more than
/// two overlap, or they ask for more than the whole, the answer is `whole`.
[[nodiscard]] ranges parse_ranges(std::string_view value, std::uint64_t size,
                                  std::span<byte_range> space) noexcept;

/// "bytes 0-499/1234", the value of Content-Range; and "bytes */1234" without a range, for a 416.
class content_range_text {
 public:
  content_range_text(std::optional<byte_range> range, std::uint64_t size) noexcept;
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, 72> text_;
  std::size_t length_ = 0;
};

/// Reads a Content-Range with a range and a complete length (client). Nothing if it is anything else.
struct content_range {
  byte_range range;
  std::optional<std::uint64_t> size;  ///< nothing where the server wrote '*'
};
[[nodiscard]] std::optional<content_range> parse_content_range(std::string_view value) noexcept;

/// The heads of the parts of a multipart/byteranges body. The boundary must not occur in the
/// representation: take 24 random letters or more.
class multipart {
 public:
  /// What is pointed to must outlive the object. `content_type` may be "".
  multipart(std::string_view boundary, std::string_view content_type, std::uint64_t size) noexcept
      : boundary_(boundary), content_type_(content_type), size_(size) {}

  /// What stands before the bytes of `part`; "" if `space` is too short.
  [[nodiscard]] std::string_view part_head(const byte_range& part, std::span<char> space) const noexcept;
  /// What stands behind the last part.
  [[nodiscard]] std::string_view end(std::span<char> space) const noexcept;
  /// The length of the whole body.
  [[nodiscard]] std::uint64_t length(std::span<const byte_range> parts) const noexcept;

 private:
  [[nodiscard]] std::size_t head_length(const byte_range& part) const noexcept;
  std::string_view boundary_;
  std::string_view content_type_;
  std::uint64_t size_;
};

}  // namespace mirage::http
