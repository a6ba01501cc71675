// SPDX-License-Identifier: ISC
// Messages out of a stream, each with its length in two octets in front: RFC 1035 §4.2.2, RFC 7766 §8.
#pragma once

#include <cstddef>
#include <optional>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"

namespace mirage::dns {

class framed_input {
 public:
  /// What came from the stream. False when there is no memory for what is not whole yet.
  [[nodiscard]] bool add(buffer&& part) noexcept;
  /// The next message, valid until more is added; nothing when it is not whole yet.
  [[nodiscard]] std::optional<cbytes> next() noexcept;
  /// Whether a part of a message is here.
  [[nodiscard]] bool waiting() const noexcept { return !held_.empty(); }

 private:
  buffer held_;
};

}  // namespace mirage::dns
