// SPDX-License-Identifier: ISC
// Limits the rate of responses over UDP, so that a server does not multiply what somebody sends in the name
// of another: so many a second to one network (a /24, or a /56 of IPv6) for one name and one kind of answer,
// as BIND and NSD do it. Beyond, most answers are left out, and each second one is cut: an honest client
// comes back over TCP. The memory is fixed; two that fall on one place share it, the later one with a fresh
// account.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/dns/query.hpp"

namespace mirage::dns {

struct rate_limit_options {
  std::uint16_t per_second = 0;  ///< answers of one kind to one network; 0: no limit
  std::uint16_t slip =
      2;  ///< of those beyond it, each so many-th is cut, the others are left out; 0: none is cut
  std::size_t accounts = 16384;  ///< a power of two; 12 octets each
};

class rate_limiter {
 public:
  enum class verdict : std::uint8_t { send, cut, leave_out };

  explicit rate_limiter(const rate_limit_options& options);

  [[nodiscard]] bool is_on() const noexcept { return options_.per_second > 0; }
  /// What becomes of an answer, `made`. It is on.
  [[nodiscard]] verdict judge(const query& asked, cbytes made, const ip_address& client,
                              std::uint32_t seconds) noexcept;

 private:
  struct account {
    std::uint32_t tag = 0;      // of who and what it is; 0: nobody's
    std::uint32_t seconds = 0;  // when it was filled last
    std::uint16_t left = 0;     // answers
    std::uint16_t beyond = 0;   // answers that there was nothing left for
  };

  rate_limit_options options_;
  std::uint64_t seed_;  // nobody can foretell who shares a place with whom
  std::vector<account> accounts_;
};

/// Cuts an answer to its header and question, with TC; gives its size.
[[nodiscard]] std::size_t cut_to_question(bytes answer, const query& asked) noexcept;

}  // namespace mirage::dns
