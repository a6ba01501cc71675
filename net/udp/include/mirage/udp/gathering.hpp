// SPDX-License-Identifier: ISC
// Datagrams of one length from one end to another, gathered to leave as one packet that the device cuts.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endpoint.hpp"

namespace mirage {

/// Whom datagrams have in common that can leave together.
struct datagram_way {
  endpoint source;
  endpoint destination;
  std::uint32_t interface = 0;
  std::uint8_t ttl = 0;
  bool operator==(const datagram_way&) const = default;
};

class datagram_gathering {
 public:
  /// What leaves: `payload` in datagrams of `each` bytes, the last one maybe shorter.
  struct gathered {
    datagram_way way{};
    buffer payload{};
    std::uint16_t each = 0;
    std::uint16_t count = 0;
  };

  [[nodiscard]] bool empty() const noexcept { return count_ == 0; }
  /// Whether one more of up to `size` bytes has room: the same way, and neither too many nor too long
  /// together.
  [[nodiscard]] bool has_room(const datagram_way& way, std::size_t size,
                              std::size_t most_bytes) const noexcept;
  /// Where the next one is written, `size` bytes; nothing if the pool is at its cap. Not empty: `has_room`
  /// was true.
  [[nodiscard]] bytes room(const datagram_way& way, std::size_t size) noexcept;
  /// So many bytes were written there. False if it is longer than those before: they must leave without it,
  /// by `take`, and it is the first of the next.
  [[nodiscard]] bool add(std::size_t written) noexcept;
  /// Nothing can follow a shorter one.
  [[nodiscard]] bool is_closed() const noexcept { return closed_; }

  /// All that leaves together; what `add` left over stays.
  [[nodiscard]] gathered take() noexcept;

 private:
  static constexpr std::size_t most_together = 64;  // what Linux cuts at most from one
  static constexpr std::size_t capacity = 65535;

  datagram_way way_;
  buffer data_;
  std::size_t used_ = 0;
  std::size_t left_over_ = 0;  // behind `used_`
  std::uint16_t each_ = 0;
  std::uint16_t count_ = 0;
  bool closed_ = false;
};

}  // namespace mirage
