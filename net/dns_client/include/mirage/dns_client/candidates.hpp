// SPDX-License-Identifier: ISC
// The names that a host name may stand for, one after the other, as the resolvers of Unix try them: what ends
// in a dot is whole; what has a dot in it is tried as it is first, and below the domains of the search list
// then; what has none the other way around.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/dns/name.hpp"

namespace mirage {

class dns_candidates {
 public:
  /// Of a text that `is_host_name`. The search list, of which what is no name is passed over, must live as
  /// long.
  dns_candidates(std::string_view host, std::span<const std::string_view> search) noexcept;

  /// Nothing when there is no more.
  [[nodiscard]] std::optional<dns::name> next() noexcept;
  [[nodiscard]] bool is_only_one() const noexcept { return search_.empty(); }

 private:
  dns::name host_;
  std::span<const std::string_view> search_;
  std::size_t next_ = 0;
  bool itself_is_next_;
  bool itself_is_left_ = true;
};

}  // namespace mirage
