// SPDX-License-Identifier: ISC
// `buffer`: a slice of reference-counted memory, 24 bytes, move-only; a second reference is asked for with
// `share()`. Nothing asynchronous takes a span of the caller's: an operation in flight owns its buffer. The
// count is not atomic: a node is one thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <utility>

#include "mirage/core/buffer_pool.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/relocatable.hpp"

namespace mirage {

class [[nodiscard]] buffer {
 public:
  /// No memory and no bytes.
  buffer() noexcept = default;
  buffer(buffer&& other) noexcept
      : storage_(std::exchange(other.storage_, nullptr)),
        data_(std::exchange(other.data_, nullptr)),
        size_(std::exchange(other.size_, 0)) {}
  buffer& operator=(buffer&& other) noexcept {
    buffer taken(std::move(other));
    std::swap(storage_, taken.storage_);
    std::swap(data_, taken.data_);
    std::swap(size_, taken.size_);
    return *this;
  }
  ~buffer() {
    if (storage_ != nullptr && --storage_->references == 0) storage_->release(*storage_);
  }

  /// `size` bytes of unspecified content from the node's pool, contiguous. No memory (`!b`) when the pool is
  /// at its cap.
  [[nodiscard]] static buffer allocate(std::size_t size) noexcept;
  /// A copy in the pool; no memory when the pool is at its cap.
  [[nodiscard]] static buffer copy_of(cbytes from) noexcept;
  /// Read-only memory that outlives every use, as a unikernel's own image does. No copy, no count.
  [[nodiscard]] static buffer from_static(cbytes memory) noexcept {
    require(memory.size() <= UINT32_MAX, "a buffer of more than 4 GiB");
    buffer result;
    result.data_ = memory.data();
    result.size_ = static_cast<std::uint32_t>(memory.size());
    return result;
  }
  /// Takes over one reference to `storage`. For drivers.
  [[nodiscard]] static buffer adopt(detail::buffer_storage& storage, std::size_t size) noexcept {
    buffer result;
    result.storage_ = &storage;
    result.data_ = storage.data;
    result.size_ = static_cast<std::uint32_t>(size);
    return result;
  }

  /// Whether there is memory behind it; an empty slice of something is true.
  [[nodiscard]] explicit operator bool() const noexcept { return data_ != nullptr; }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] bool empty() const noexcept { return size_ == 0; }
  [[nodiscard]] const std::byte* data() const noexcept { return data_; }
  [[nodiscard]] cbytes view() const noexcept { return {data_, size_}; }
  [[nodiscard]] std::string_view text() const noexcept { return as_text(view()); }

  /// Another reference to the same bytes.
  [[nodiscard]] buffer share() const noexcept {
    buffer result;
    if (storage_ != nullptr) ++storage_->references;
    result.storage_ = storage_;
    result.data_ = data_;
    result.size_ = size_;
    return result;
  }
  /// A reference to a part; what goes beyond the end is cut off.
  [[nodiscard]] buffer slice(std::size_t offset, std::size_t length) const noexcept {
    buffer result = share();
    result.drop_front(offset);
    result.truncate(length);
    return result;
  }
  void drop_front(std::size_t count) noexcept {
    const auto dropped = static_cast<std::uint32_t>(count < size_ ? count : size_);
    data_ += dropped;
    size_ -= dropped;
  }
  void truncate(std::size_t length) noexcept {
    if (length < size_) size_ = static_cast<std::uint32_t>(length);
  }

  /// True for the only reference to memory that may be written.
  [[nodiscard]] bool unique() const noexcept { return storage_ != nullptr && storage_->references == 1; }
  /// The bytes for writing; a shared or read-only buffer stops the unikernel.
  [[nodiscard]] bytes writable() noexcept {
    require(unique() || size_ == 0, "a shared buffer is written to");
    return {mutable_data(), size_};
  }
  /// From the first byte to the end of the memory: how far `resize` can go.
  [[nodiscard]] std::size_t capacity() const noexcept {
    if (storage_ == nullptr) return size_;
    return storage_->capacity - static_cast<std::size_t>(data_ - storage_->data);
  }
  /// The size becomes `size`, at most `capacity()`; new bytes are unspecified. Sole owner only.
  void resize(std::size_t size) noexcept {
    require(unique() && size <= capacity(), "a buffer is resized beyond its memory");
    size_ = static_cast<std::uint32_t>(size);
  }
  /// Undoes `drop_front`, as a header is put before a payload. Sole owner only.
  void regain_front(std::size_t count) noexcept {
    require(unique() && count <= static_cast<std::size_t>(data_ - storage_->data),
            "a buffer has no room in front");
    data_ -= count;
    size_ += static_cast<std::uint32_t>(count);
  }

 private:
  [[nodiscard]] std::byte* mutable_data() noexcept {
    return storage_ == nullptr ? nullptr : storage_->data + (data_ - storage_->data);
  }
  detail::buffer_storage* storage_ = nullptr;
  const std::byte* data_ = nullptr;
  std::uint32_t size_ = 0;
};

static_assert(sizeof(buffer) == 3 * sizeof(void*));

template <>
inline constexpr bool is_trivially_relocatable<buffer> = true;

}  // namespace mirage
