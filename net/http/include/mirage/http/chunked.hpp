// SPDX-License-Identifier: ISC
// The chunked transfer coding, RFC 9112 §7.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/http/limits.hpp"
#include "mirage/http/refusal.hpp"

namespace mirage::http {

/// Takes a chunked body apart. The data are views into what was received; extensions and trailer fields are
/// checked for their form and their length, and dropped (RFC 9112 §7.1.1, §7.1.2).
class chunked_decoder {
 public:
  /// `bounds` must outlive the decoder.
  explicit chunked_decoder(const limits& bounds) noexcept : limits_(&bounds) {}

  enum class outcome : std::uint8_t {
    incomplete,  ///< everything was consumed; give it more
    data,        ///< `data` is the next part of the body; call again with what follows
    done,        ///< the body has ended; what follows belongs to the next message
    refused,     ///< `reason` says why
  };
  struct step {
    outcome what = outcome::incomplete;
    std::size_t consumed = 0;  ///< bytes of the input that were used up, with `data`
    cbytes data;
    refusal reason = refusal::none;
  };

  /// Consumes from the front of `received` up to the end of the next piece of data.
  [[nodiscard]] step decode(cbytes received) noexcept;

  /// Ready for another body.
  void reset() noexcept { *this = chunked_decoder{*limits_}; }

  /// Decoded bytes so far.
  [[nodiscard]] std::uint64_t total() const noexcept { return total_; }

 private:
  enum class state : std::uint8_t {
    size_first,
    size,
    before_extension,  // blanks, then ';'
    extension_name_first,
    extension_name,
    after_extension_name,
    extension_value_first,
    extension_token,
    extension_quoted,
    extension_escaped,
    after_quoted,
    size_lf,
    data,
    data_cr,
    data_lf,
    trailer_first,
    trailer_name,
    trailer_value,
    trailer_lf,
    last_lf,
    done,
    refused,
  };
  [[nodiscard]] refusal consume(char c) noexcept;
  [[nodiscard]] refusal consume_size(char c) noexcept;
  [[nodiscard]] refusal consume_extension(char c) noexcept;
  [[nodiscard]] refusal consume_trailer(char c) noexcept;
  [[nodiscard]] refusal end_of_line(char c, state lf, refusal otherwise) noexcept;

  const limits* limits_;
  std::uint64_t left_ = 0;   // of the current chunk
  std::uint64_t total_ = 0;  // data so far
  std::uint32_t extension_bytes_ = 0;
  std::uint32_t trailer_bytes_ = 0;
  std::uint8_t digits_ = 0;
  state state_ = state::size_first;
  refusal reason_ = refusal::none;
};

/// The text before the data of one chunk. The end of the chunk before it is joined to it, so that a gathered
/// write has one piece less: "\r\n1f40\r\n". A chunk must not be empty: that would end the body.
class chunk_prefix {
 public:
  chunk_prefix(std::uint64_t size, bool first) noexcept;
  [[nodiscard]] std::string_view text() const noexcept { return {text_.data(), length_}; }

 private:
  std::array<char, 20> text_;
  std::uint8_t length_ = 0;
};

/// What ends a chunked body without trailer fields, after at least one chunk, and after none.
inline constexpr std::string_view last_chunk = "\r\n0\r\n\r\n";
inline constexpr std::string_view only_chunk = "0\r\n\r\n";

}  // namespace mirage::http
