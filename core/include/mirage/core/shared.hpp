// SPDX-License-Identifier: ISC
// What several own together: the last of them frees it. std::shared_ptr would bring libstdc++'s exceptions
// into an image for a bare machine, and counts for threads that there are none of.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <utility>

namespace mirage {

/// An owner of a T, or of nothing. All owners are of one node. T may be incomplete where none is made.
template <class T>
class shared {
 public:
  shared() noexcept = default;
  shared(std::nullptr_t) noexcept {}
  /// The first owner.
  template <class U>
    requires std::convertible_to<U*, T*>
  shared(std::unique_ptr<U> from) : object_(from.get()) {
    if (object_ != nullptr) owned_ = std::make_unique<holder<U>>(std::move(from)).release();
  }
  shared(const shared& other) noexcept : object_(other.object_), owned_(other.owned_) {
    if (owned_ != nullptr) ++owned_->owners;
  }
  shared(shared&& other) noexcept
      : object_(std::exchange(other.object_, nullptr)), owned_(std::exchange(other.owned_, nullptr)) {}
  shared& operator=(shared other) noexcept {
    std::swap(object_, other.object_);
    std::swap(owned_, other.owned_);
    return *this;
  }
  ~shared() {
    if (owned_ != nullptr && --owned_->owners == 0) std::unique_ptr<counted>(owned_).reset();
  }

  [[nodiscard]] T* get() const noexcept { return object_; }
  [[nodiscard]] T& operator*() const noexcept { return *object_; }
  [[nodiscard]] T* operator->() const noexcept { return object_; }
  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }
  [[nodiscard]] std::size_t owners() const noexcept { return owned_ == nullptr ? 0 : owned_->owners; }

  friend bool operator==(const shared& one, const shared& other) noexcept {
    return one.object_ == other.object_;
  }

 private:
  struct counted {
    counted() = default;
    counted(const counted&) = delete;
    counted& operator=(const counted&) = delete;
    virtual ~counted() = default;
    std::size_t owners = 1;
  };
  template <class U>
  struct holder final : counted {
    explicit holder(std::unique_ptr<U> from) noexcept : object(std::move(from)) {}
    std::unique_ptr<U> object;
  };

  T* object_ = nullptr;
  counted* owned_ = nullptr;
};

}  // namespace mirage
