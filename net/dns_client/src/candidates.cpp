// SPDX-License-Identifier: ISC
#include "mirage/dns_client/candidates.hpp"

namespace mirage {

dns_candidates::dns_candidates(std::string_view host, std::span<const std::string_view> search) noexcept
    : host_(dns::name::parse(host).value_or(dns::name())),
      search_(host.ends_with('.') ? std::span<const std::string_view>() : search),
      itself_is_next_(host.contains('.')) {}

std::optional<dns::name> dns_candidates::next() noexcept {
  const dns::name_view whole = host_;
  while (true) {
    if (itself_is_left_ && (itself_is_next_ || next_ == search_.size())) {
      itself_is_left_ = false;
      return host_;
    }
    if (next_ == search_.size()) return std::nullopt;
    const auto domain = dns::name::parse(search_[next_++]);
    if (!domain) continue;
    const auto joined = dns::name::join(whole.wire().first(whole.size() - 1), domain->view());
    if (joined) return joined;
  }
}

}  // namespace mirage
