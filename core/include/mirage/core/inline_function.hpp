// SPDX-License-Identifier: ISC
// `inline_function`: any callable of one signature, held in place. For the places where a choice is made at
// run time: a port's handler, a flow's implementation.
#pragma once

#include <cstddef>
#include <new>
#include <type_traits>
#include <utility>

namespace mirage {

template <class Signature, std::size_t Size>
class inline_function;

/// Move-only, never empty but when moved from, never allocates. A callable larger than `Size` bytes does not
/// compile: it should capture a pointer.
template <class R, class... Arguments, std::size_t Size>
class inline_function<R(Arguments...), Size> {
 public:
  template <class F>
    requires(!std::is_same_v<F, inline_function> && std::is_invocable_r_v<R, F&, Arguments...>)
  inline_function(F callable) noexcept : call_(call_it<F>), move_(move_it<F>) {
    static_assert(sizeof(F) <= Size && alignof(F) <= alignment,
                  "the callable does not fit in place: let it capture a pointer");
    static_assert(std::is_nothrow_move_constructible_v<F>);
    ::new (static_cast<void*>(memory_)) F(std::move(callable));
  }
  inline_function(inline_function&& other) noexcept
      : call_(other.call_), move_(std::exchange(other.move_, nullptr)) {
    if (move_ != nullptr) move_(other.memory_, memory_);
  }
  inline_function& operator=(inline_function&& other) noexcept {
    if (this == &other) return *this;
    if (move_ != nullptr) move_(memory_, nullptr);
    call_ = other.call_;
    move_ = std::exchange(other.move_, nullptr);
    if (move_ != nullptr) move_(other.memory_, memory_);
    return *this;
  }
  ~inline_function() {
    if (move_ != nullptr) move_(memory_, nullptr);
  }

  R operator()(Arguments... arguments) { return call_(memory_, std::forward<Arguments>(arguments)...); }

 private:
  // No more than what tasks can hold on every target.
  static constexpr std::size_t alignment = 8;

  template <class F>
  static R call_it(void* self, Arguments... arguments) {
    return (*static_cast<F*>(self))(std::forward<Arguments>(arguments)...);
  }
  template <class F>
  static void move_it(void* from, void* to) noexcept {
    F* const old = static_cast<F*>(from);
    if (to != nullptr) ::new (to) F(std::move(*old));
    old->~F();
  }

  R (*call_)(void* self, Arguments... arguments);
  void (*move_)(void* from, void* to) noexcept;  // without `to` it only destroys; null when moved from
  alignas(alignment) std::byte memory_[Size];
};

}  // namespace mirage
