// SPDX-License-Identifier: ISC
// A `v1::fill` of any type, lent for a call: so that what stands below those who send is compiled once, and
// not once for each of them.
#pragma once

#include <cstddef>
#include <memory>
#include <type_traits>

#include "mirage/core/bytes.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Is itself a `v1::fill`. It does not own the callable, which must outlive it and does not throw.
class any_fill {
 public:
  using function = std::size_t (*)(void* object, bytes to) noexcept;

  any_fill(void* object, function call) noexcept : object_(object), call_(call) {}
  template <v1::fill Fill>
    requires(!std::is_same_v<Fill, any_fill>)
  any_fill(Fill& fill) noexcept
      : any_fill(const_cast<void*>(static_cast<const void*>(std::addressof(fill))),
                 [](void* object, bytes to) noexcept -> std::size_t {
                   return (*static_cast<Fill*>(object))(to);
                 }) {}

  std::size_t operator()(bytes to) const noexcept { return call_(object_, to); }

 private:
  void* object_;
  function call_;
};

}  // namespace mirage
