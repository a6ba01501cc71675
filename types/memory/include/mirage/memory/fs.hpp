// SPDX-License-Identifier: ISC
// A file system in memory.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/ready.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

/// `v1::fs`.
class fs {
 public:
  template <class T>
  using answer = ready<result<T, v1::fs_error>>;

  /// The files may be that many bytes together; more is `no_space`.
  explicit fs(std::size_t capacity = std::size_t{64} << 20, std::string_view name = "memory_fs")
      : name_(name), capacity_(capacity) {}
  fs(const fs&) = delete;
  fs& operator=(const fs&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  answer<buffer> read(std::string_view path, std::uint64_t offset, std::size_t length);
  answer<v1::fs_stat> stat(std::string_view path);
  answer<std::vector<v1::kv_item>> list(std::string_view path);
  answer<void> create(std::string_view path);
  answer<void> make_directory(std::string_view path);
  answer<void> write(std::string_view path, std::uint64_t offset, buffer data);
  answer<void> truncate(std::string_view path, std::uint64_t size);
  answer<void> rename(std::string_view path, std::string_view to);
  answer<void> remove(std::string_view path);
  answer<void> sync();

  /// For tests: the power fails and comes back; what was not synced is lost.
  void crash() { nodes_ = stable_; }

 private:
  struct node {
    bool directory = false;
    wall_time modified{};
    std::vector<std::byte> content;
  };
  using map = std::map<std::string, node, std::less<>>;
  template <class T>
  using outcome = result<T, v1::fs_error>;

  [[nodiscard]] outcome<node*> find(std::string_view path);
  [[nodiscard]] outcome<node*> find_file(std::string_view path);
  [[nodiscard]] outcome<void> can_make(std::string_view path);
  outcome<void> make(std::string_view path, bool directory);
  outcome<void> resize(node& file, std::uint64_t size);
  outcome<void> write_to(std::string_view path, std::uint64_t offset, cbytes data);
  outcome<void> move(std::string_view path, std::string_view to);
  [[nodiscard]] std::size_t bytes() const noexcept;

  std::string_view name_;
  std::size_t capacity_;
  node root_{true, {}, {}};
  map nodes_;  // by path; the root is not among them
  map stable_;
};

static_assert(v1::fs<fs>);

}  // namespace mirage::memory
