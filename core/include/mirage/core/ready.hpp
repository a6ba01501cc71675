// SPDX-License-Identifier: ISC
// `ready`: an answer that is there already, for an operation whose contract lets it wait. Awaiting it costs
// no frame and no turn of the loop.
#pragma once

#include <concepts>
#include <coroutine>
#include <type_traits>
#include <utility>

namespace mirage {

/// `ready<result<buffer, kv_error>> get(std::string_view key);`
template <class T>
class [[nodiscard]] ready {
 public:
  using value_type = T;

  template <class U = T>
    requires(!std::same_as<std::remove_cvref_t<U>, ready> && std::constructible_from<T, U &&>)
  constexpr ready(U&& value) noexcept(std::is_nothrow_constructible_v<T, U&&>)
      : value_(std::forward<U>(value)) {}

  [[nodiscard]] constexpr bool await_ready() const noexcept { return true; }
  constexpr void await_suspend(std::coroutine_handle<>) const noexcept {}
  constexpr T await_resume() noexcept(std::is_nothrow_move_constructible_v<T>) { return std::move(value_); }

 private:
  T value_;
};

}  // namespace mirage
