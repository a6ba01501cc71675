// SPDX-License-Identifier: ISC
// `subscription`: what `listen` gives back. While it lives, the listener is called; destroying it ends that.
#pragma once

#include <cstdint>
#include <utility>

namespace mirage {

class [[nodiscard]] subscription {
 public:
  using cancel_function = void (*)(void* publisher, std::uintptr_t id) noexcept;

  subscription() noexcept = default;
  /// For publishers: `cancel(publisher, id)` is called once, when the subscription ends. The publisher must
  /// outlive it.
  subscription(cancel_function cancel, void* publisher, std::uintptr_t id = 0) noexcept
      : cancel_(cancel), publisher_(publisher), id_(id) {}
  subscription(subscription&& other) noexcept
      : cancel_(std::exchange(other.cancel_, nullptr)), publisher_(other.publisher_), id_(other.id_) {}
  subscription& operator=(subscription&& other) noexcept {
    std::swap(cancel_, other.cancel_);
    std::swap(publisher_, other.publisher_);
    std::swap(id_, other.id_);
    return *this;
  }
  ~subscription() { cancel(); }

  void cancel() noexcept {
    if (cancel_ != nullptr) std::exchange(cancel_, nullptr)(publisher_, id_);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return cancel_ != nullptr; }

 private:
  cancel_function cancel_ = nullptr;
  void* publisher_ = nullptr;
  std::uintptr_t id_ = 0;
};

}  // namespace mirage
