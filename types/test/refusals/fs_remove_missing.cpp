// SPDX-License-Identifier: ISC
// A file system: no `remove`.
// error: 'mirage::tree' does not satisfy 'fs_remove'
// error: 'f.remove(path)' would be invalid: no member named 'remove' in 'mirage::tree'
#include "mirage/v1.hpp"

namespace mirage {

struct tree {
  tree(tree&&) = delete;
  std::string_view name() const noexcept;
  task<result<buffer, v1::fs_error>> read(std::string_view path, std::uint64_t offset, std::size_t length);
  task<result<v1::fs_stat, v1::fs_error>> stat(std::string_view path);
  task<result<std::vector<v1::kv_item>, v1::fs_error>> list(std::string_view path);
  task<result<void, v1::fs_error>> create(std::string_view path);
  task<result<void, v1::fs_error>> make_directory(std::string_view path);
  task<result<void, v1::fs_error>> write(std::string_view path, std::uint64_t offset, buffer data);
  task<result<void, v1::fs_error>> truncate(std::string_view path, std::uint64_t size);
  task<result<void, v1::fs_error>> rename(std::string_view path, std::string_view to);
  task<result<void, v1::fs_error>> sync();
};
static_assert(v1::fs<tree>);

}  // namespace mirage
