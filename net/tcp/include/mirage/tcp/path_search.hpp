// SPDX-License-Identifier: ISC
// Whether a path loses what is long and nobody says so (RFC 2923 §2.1), and how long a packet may be then:
// packetization layer path MTU discovery, RFC 4821 with the search of RFC 8899 §5.3. Sizes are MTUs: with the
// IP header.
#pragma once

#include <cstdint>

#include "mirage/core/time.hpp"

namespace mirage::tcp_protocol {

class path_search {
 public:
  /// What was lost again and again in one piece has arrived in small ones, and nothing long has arrived
  /// meanwhile. True when that has happened so often in a row that it is not chance.
  [[nodiscard]] bool only_small_arrived() noexcept;
  void large_arrived() noexcept { suspicion_ = 0; }

  /// `passes` is in use from now on; up to `wanted`, or what was wanted before, is tried from `when` on.
  void begin(std::uint32_t passes, std::uint32_t wanted, instant when) noexcept;
  /// The size to try now, with one segment; 0: none.
  [[nodiscard]] std::uint32_t candidate(instant now) const noexcept { return next_at_ <= now ? trying_ : 0u; }
  /// It arrived; gives the size to use.
  std::uint32_t arrived(instant now) noexcept;
  /// It was lost, by chance or for its length.
  void lost(instant now) noexcept;
  /// Somebody on the way says that no more than that passes.
  void told(std::uint32_t most, instant now) noexcept;

 private:
  void narrow(instant now) noexcept;

  instant next_at_ = never;
  std::uint32_t passes_ = 0;
  std::uint32_t fails_ = 0;   // the least that does, or one more than is wanted
  std::uint32_t wanted_ = 0;  // the longest that has ever been in use
  std::uint32_t trying_ = 0;
  std::uint8_t losses_ = 0;  // of this size
  std::uint8_t suspicion_ = 0;
};

}  // namespace mirage::tcp_protocol
