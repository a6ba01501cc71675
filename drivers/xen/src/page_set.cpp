// SPDX-License-Identifier: ISC
#include "mirage/xen/page_set.hpp"

namespace mirage::xen {

result<void, hypervisor_error> page_set::share(hypervisor& xen, domain_id remote, std::uint16_t count,
                                               access how) {
  pages_ = std::make_unique<shared_page[]>(count);
  numbers_.emplace(count);
  for (count_ = 0; count_ < count; ++count_) {
    auto page = xen.share(remote, how);
    if (!page) {
      unshare(xen);
      return fail(page.error());
    }
    pages_[count_] = *page;
  }
  return {};
}

void page_set::unshare(hypervisor& xen) noexcept {
  for (std::uint16_t i = 0; i < count_; ++i) xen.unshare(pages_[i]);
  count_ = 0;
  numbers_.reset();
  pages_.reset();
}

}  // namespace mirage::xen
