// SPDX-License-Identifier: ISC
// A read-only store: no `list`.
// error: 'mirage::files' does not satisfy 'kv_list'
// error: 'k.list(dictionary)' would be invalid: no member named 'list' in 'mirage::files'
#include "mirage/v1.hpp"

namespace mirage {

struct files {
  files(files&&) = delete;
  std::string_view name() const noexcept;
  task<result<buffer, v1::kv_error>> get(std::string_view key);
  task<result<buffer, v1::kv_error>> get(std::string_view key, std::uint64_t offset, std::size_t length);
  task<result<std::uint64_t, v1::kv_error>> size(std::string_view key);
  task<result<wall_time, v1::kv_error>> last_modified(std::string_view key);
  task<result<v1::kv_digest, v1::kv_error>> digest(std::string_view key);
};
static_assert(v1::kv_ro<files>);

}  // namespace mirage
