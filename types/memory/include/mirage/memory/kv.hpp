// SPDX-License-Identifier: ISC
// Key/value stores in memory: one to read from, one to write to, and one whose values are assets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/ready.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

namespace detail {

/// What the stores have in common. Dictionaries are not kept: there is one wherever a key goes on with `/`.
class kv_tree {
 public:
  template <class T>
  using answer = result<T, v1::kv_error>;
  struct value {
    buffer content;
    wall_time modified;
  };
  using map = std::map<std::string, value, std::less<>>;

  [[nodiscard]] answer<const value*> find(std::string_view key) const;
  [[nodiscard]] answer<buffer> get(std::string_view key) const;
  [[nodiscard]] answer<buffer> get(std::string_view key, std::uint64_t offset, std::size_t length) const;
  [[nodiscard]] answer<std::uint64_t> size(std::string_view key) const;
  [[nodiscard]] answer<std::vector<v1::kv_item>> list(std::string_view dictionary) const;
  [[nodiscard]] answer<wall_time> last_modified(std::string_view key) const;
  [[nodiscard]] answer<v1::kv_digest> digest(std::string_view key) const;

  /// Nothing when a value may be put there.
  [[nodiscard]] std::optional<v1::kv_error> refusal(std::string_view key) const;
  answer<void> set(std::string_view key, buffer content, wall_time modified);
  answer<void> remove(std::string_view key);
  answer<void> rename(std::string_view from, std::string_view to);
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }
  [[nodiscard]] kv_tree copy() const;

 private:
  [[nodiscard]] bool is_dictionary(std::string_view key) const;
  [[nodiscard]] bool begins_with_a_value(std::string_view key) const;
  map values_;
  std::size_t bytes_ = 0;
};

}  // namespace detail

struct kv_value {
  std::string_view key;
  std::string_view value;
};

/// `v1::kv_ro`. Keys that are none, or that contradict each other, stop the unikernel.
class kv_ro {
 public:
  template <class T>
  using answer = ready<result<T, v1::kv_error>>;

  /// Copies the values.
  explicit kv_ro(std::initializer_list<kv_value> content, std::string_view name = "memory_kv_ro")
      : kv_ro(std::span(content.begin(), content.size()), name) {}
  explicit kv_ro(std::span<const kv_value> content, std::string_view name = "memory_kv_ro");
  kv_ro(const kv_ro&) = delete;
  kv_ro& operator=(const kv_ro&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  answer<buffer> get(std::string_view key) { return tree_.get(key); }
  answer<buffer> get(std::string_view key, std::uint64_t offset, std::size_t length) {
    return tree_.get(key, offset, length);
  }
  answer<std::uint64_t> size(std::string_view key) { return tree_.size(key); }
  answer<std::vector<v1::kv_item>> list(std::string_view dictionary) { return tree_.list(dictionary); }
  answer<wall_time> last_modified(std::string_view key) { return tree_.last_modified(key); }
  answer<v1::kv_digest> digest(std::string_view key) { return tree_.digest(key); }

 private:
  std::string_view name_;
  detail::kv_tree tree_;
};

static_assert(v1::kv_ro<kv_ro>);

/// `v1::kv_rw`. Values are shared with who wrote them, not copied.
class kv_rw {
 public:
  template <class T>
  using answer = ready<result<T, v1::kv_error>>;

  /// The values may be that many bytes together; more is `no_space`.
  explicit kv_rw(std::size_t capacity = std::size_t{64} << 20, std::string_view name = "memory_kv_rw")
      : name_(name), capacity_(capacity) {}
  kv_rw(const kv_rw&) = delete;
  kv_rw& operator=(const kv_rw&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  answer<buffer> get(std::string_view key) { return tree_.get(key); }
  answer<buffer> get(std::string_view key, std::uint64_t offset, std::size_t length) {
    return tree_.get(key, offset, length);
  }
  answer<std::uint64_t> size(std::string_view key) { return tree_.size(key); }
  answer<std::vector<v1::kv_item>> list(std::string_view dictionary) { return tree_.list(dictionary); }
  answer<wall_time> last_modified(std::string_view key) { return tree_.last_modified(key); }
  answer<v1::kv_digest> digest(std::string_view key) { return tree_.digest(key); }

  answer<void> set(std::string_view key, buffer value);
  answer<void> set_partial(std::string_view key, std::uint64_t offset, buffer part);
  answer<void> remove(std::string_view key) { return tree_.remove(key); }
  answer<void> rename(std::string_view from, std::string_view to) { return tree_.rename(from, to); }
  answer<void> sync();

  /// For tests: the power fails and comes back; what was not synced is lost.
  void crash() { tree_ = stable_.copy(); }

 private:
  std::string_view name_;
  std::size_t capacity_;
  detail::kv_tree tree_;
  detail::kv_tree stable_;
};

static_assert(v1::kv_rw<kv_rw>);

struct kv_asset {
  std::string_view key;
  v1::asset asset;
};

/// `v1::kv_assets`. The assets, and what they point to, must outlive it.
class kv_assets {
 public:
  template <class T>
  using answer = ready<result<T, v1::kv_error>>;

  explicit kv_assets(std::span<const kv_asset> content, std::string_view name = "memory_kv_assets");
  kv_assets(const kv_assets&) = delete;
  kv_assets& operator=(const kv_assets&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] const v1::asset* find(std::string_view key) const noexcept;
  answer<buffer> get(std::string_view key) { return tree_.get(key); }
  answer<buffer> get(std::string_view key, std::uint64_t offset, std::size_t length) {
    return tree_.get(key, offset, length);
  }
  answer<std::uint64_t> size(std::string_view key) { return tree_.size(key); }
  answer<std::vector<v1::kv_item>> list(std::string_view dictionary) { return tree_.list(dictionary); }
  answer<wall_time> last_modified(std::string_view key) { return tree_.last_modified(key); }
  answer<v1::kv_digest> digest(std::string_view key) { return tree_.digest(key); }

 private:
  std::string_view name_;
  std::span<const kv_asset> content_;
  detail::kv_tree tree_;
};

static_assert(v1::kv_assets<kv_assets>);

}  // namespace mirage::memory
