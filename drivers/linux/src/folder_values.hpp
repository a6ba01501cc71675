// SPDX-License-Identifier: ISC
// What a key/value store in a folder does, as blocking calls: for the helper thread of `folder_kv`. `folder`
// is a descriptor of the store's root; keys are well-formed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/v1.hpp"

namespace mirage::detail {

/// A value's file, and what tells its versions apart.
struct open_value {
  file_descriptor file;
  std::uint64_t size = 0;
  wall_time modified{};
  wall_time changed{};
};

result<open_value, v1::kv_error> open_folder_value(int folder, const std::string& key) noexcept;
/// Fills `to`; false when the value has become another one since it was opened.
result<bool, v1::kv_error> read_folder_value(const open_value& from, std::uint64_t offset, bytes to) noexcept;
result<v1::kv_digest, v1::kv_error> digest_folder_value(int folder, const std::string& key);
result<std::vector<v1::kv_item>, v1::kv_error> list_folder(int folder, const std::string& key,
                                                           std::size_t most);

/// Replaces the value by `content`; or only what is at `offset`, if `partial`.
result<void, v1::kv_error> set_folder_value(int folder, const std::string& key, cbytes content, bool partial,
                                            std::uint64_t offset) noexcept;
result<void, v1::kv_error> remove_folder_key(int folder, const std::string& key) noexcept;
result<void, v1::kv_error> rename_folder_key(int folder, const std::string& from,
                                             const std::string& to) noexcept;

/// True of the names that files have while they are written: no key has one.
[[nodiscard]] bool is_temporary(std::string_view name) noexcept;

}  // namespace mirage::detail
