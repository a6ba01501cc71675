// SPDX-License-Identifier: ISC
// A folder of the host as a key/value store: a key is a path, a value is a file.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/task.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/linux/helper_thread.hpp"
#include "mirage/v1.hpp"

namespace mirage {

enum class folder_error : std::uint8_t { not_found, not_a_folder, not_permitted, failed };
[[nodiscard]] constexpr std::string_view describe(folder_error error) noexcept {
  switch (error) {
    case folder_error::not_found: return "the folder does not exist; make it, or name another one";
    case folder_error::not_a_folder: return "that is a file; name a folder";
    case folder_error::not_permitted: return "reading the folder is not permitted";
    default: return "the folder cannot be opened";
  }
}

/// `v1::kv_rw`, and so `v1::kv_ro`. Nothing outside of the folder is reached: not by `..`, nor by a symbolic
/// link, which is followed only inside. Other processes may change the folder at the same time; a value is
/// then still one version, as long as they replace files instead of writing into them, or leave one alone
/// while it is read. Special files are no values.
///
/// All operations go over one helper thread, in the order of asking. `set` waits for the disk.
class folder_kv {
 public:
  /// `name` must outlive it.
  folder_kv(std::string_view name, std::string_view folder);
  folder_kv(const folder_kv&) = delete;
  folder_kv& operator=(const folder_kv&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, folder_error>> start();
  task<> stop() { return helper_.stop(); }

  task<result<buffer, v1::kv_error>> get(std::string_view key) { return get(key, 0, SIZE_MAX); }
  task<result<buffer, v1::kv_error>> get(std::string_view key, std::uint64_t offset, std::size_t length);
  task<result<std::uint64_t, v1::kv_error>> size(std::string_view key);
  task<result<std::vector<v1::kv_item>, v1::kv_error>> list(std::string_view dictionary);
  task<result<wall_time, v1::kv_error>> last_modified(std::string_view key);
  task<result<v1::kv_digest, v1::kv_error>> digest(std::string_view key);

  task<result<void, v1::kv_error>> set(std::string_view key, buffer value);
  task<result<void, v1::kv_error>> set_partial(std::string_view key, std::uint64_t offset, buffer part);
  task<result<void, v1::kv_error>> remove(std::string_view key);
  task<result<void, v1::kv_error>> rename(std::string_view from, std::string_view to);
  task<result<void, v1::kv_error>> sync();

 private:
  template <class Call>
  task<std::invoke_result_t<Call&>> ask(Call call);

  std::string_view name_;
  std::string folder_;
  file_descriptor root_;
  helper_thread helper_{{.threads = 1, .capacity = 1024}};
  metric_label label_{"device", name_};
  counter refused_{label_, "kv_refused_total", "Operations refused because too many were waiting"};
};

static_assert(v1::kv_ro<folder_kv>);
static_assert(v1::kv_rw<folder_kv>);

}  // namespace mirage
