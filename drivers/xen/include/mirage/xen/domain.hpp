// SPDX-License-Identifier: ISC
// `domain`: what a unikernel needs that uses Xen itself, such as a vchan: the hypervisor and xenstore, of a
// guest or of a dom0.
#pragma once

#include <concepts>
#include <string_view>

#include "mirage/v1.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/xenbus.hpp"
#include "mirage/xen/xenstore.hpp"

namespace mirage::xen {

template <class T>
concept domain = v1::device<T> && requires(T& one) {
  { (one.xen) } -> std::same_as<hypervisor&>;
  { (one.store) } -> std::same_as<xenstore&>;
};

/// The guest that the unikernel is.
class guest_domain {
 public:
  guest_domain(std::string_view name, xenbus& of) noexcept : xen(of.xen), store(of.store), name_(name) {}
  guest_domain(const guest_domain&) = delete;
  guest_domain& operator=(const guest_domain&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  hypervisor& xen;
  xenstore& store;

 private:
  std::string_view name_;
};
static_assert(domain<guest_domain>);

}  // namespace mirage::xen
