// SPDX-License-Identifier: ISC
// Pages of a driver that its back end may use for as long as both are connected: they are granted once, and
// handed out by number. So no request costs a grant, and nothing else of ours is ever seen or written to.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/ring.hpp"

namespace mirage::xen {

class page_set {
 public:
  page_set() noexcept = default;
  page_set(const page_set&) = delete;
  page_set& operator=(const page_set&) = delete;

  /// As many as asked for, or none.
  [[nodiscard]] result<void, hypervisor_error> share(hypervisor& xen, domain_id remote, std::uint16_t count,
                                                     access how);
  /// Takes them back; `hypervisor::unshare` says what becomes of those that the other domain still uses.
  void unshare(hypervisor& xen) noexcept;

  [[nodiscard]] std::uint16_t size() const noexcept { return count_; }
  [[nodiscard]] std::uint16_t free() const noexcept { return numbers_ ? numbers_->free() : 0; }
  [[nodiscard]] std::uint16_t take() noexcept { return numbers_->take(); }
  [[nodiscard]] ring_fault give_back(std::uint64_t number) noexcept { return numbers_->give_back(number); }
  [[nodiscard]] bytes memory(std::uint16_t number) const noexcept {
    return {pages_[number].memory, page_size};
  }
  [[nodiscard]] grant_reference reference(std::uint16_t number) const noexcept {
    return pages_[number].reference;
  }

 private:
  std::unique_ptr<shared_page[]> pages_;
  std::optional<request_numbers> numbers_;
  std::uint16_t count_ = 0;
};

}  // namespace mirage::xen
