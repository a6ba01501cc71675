// SPDX-License-Identifier: ISC
// The reading half of a channel without its flow: holds what came and cuts lines and records out of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/buffer.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/result.hpp"
#include "mirage/v1.hpp"

namespace mirage::detail {

/// A line or record that lies in one piece of input is a slice of it; one that does not is copied together.
class channel_input {
 public:
  using taken = std::optional<result<buffer, v1::channel_error>>;

  /// No line and no count may be longer than `limit` bytes.
  explicit channel_input(std::size_t limit) noexcept : limit_(limit) {}

  /// Takes over what the flow gave. False when there is no memory for it: it is untouched then.
  [[nodiscard]] bool add(buffer& part) noexcept;
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Nothing: more input is needed. An error leaves all as it was.
  [[nodiscard]] taken take_line() noexcept;
  [[nodiscard]] taken take_exactly(std::size_t count) noexcept;
  /// The first piece of what is there; nothing when nothing is.
  [[nodiscard]] taken take_some() noexcept;
  /// All that is there, as the last line of a stream that has ended; `end` when nothing is.
  [[nodiscard]] result<buffer, v1::channel_error> take_rest() noexcept;

 private:
  [[nodiscard]] std::byte at(std::size_t offset) const noexcept;
  [[nodiscard]] std::optional<std::size_t> find_line_end() noexcept;
  [[nodiscard]] buffer copy(std::size_t count) const noexcept;
  [[nodiscard]] result<buffer, v1::channel_error> take(std::size_t count) noexcept;
  void drop(std::size_t count) noexcept;

  inline_vector<buffer, 16> parts_;
  std::size_t size_ = 0;
  std::size_t searched_ = 0;  // so far there is no LF
  std::size_t limit_;
};

}  // namespace mirage::detail
