// SPDX-License-Identifier: ISC
#include "mirage/linux/folder_kv.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "beneath.hpp"
#include "folder_values.hpp"
#include "mirage/core/log.hpp"

namespace mirage {

namespace {

constexpr log_source kv_log{"kv"};
constexpr std::size_t usual_value = 16 * 1024;
constexpr std::size_t most_items = 100'000;
constexpr int attempts = 10;

template <class Call>
struct call_job final : background_job {
  explicit call_job(Call made) : call(std::move(made)) {}
  void work() noexcept override { outcome.emplace(call()); }
  Call call;
  std::optional<std::invoke_result_t<Call&>> outcome;
};

// Opens a value and reads a part of it, if that fits into the room that it brought. If not, it says what is
// wanted, and runs again with more.
struct read_job final : background_job {
  void work() noexcept override {
    if (!value) {
      auto opened = detail::open_folder_value(root, key);
      if (!opened) {
        outcome = fail(opened.error());
        return;
      }
      value = *std::move(opened);
      wanted = offset < value->size ? std::min<std::uint64_t>(length, value->size - offset) : 0;
    }
    if (wanted <= room.size())
      outcome = detail::read_folder_value(*value, offset, room.writable().first(wanted));
  }
  int root = -1;
  std::string key;
  std::uint64_t offset = 0;
  std::size_t length = 0;
  buffer room;
  std::size_t wanted = 0;
  std::optional<detail::open_value> value;
  std::optional<result<bool, v1::kv_error>> outcome;
};

}  // namespace

folder_kv::folder_kv(std::string_view name, std::string_view folder) : name_(name), folder_(folder) {}

task<result<void, folder_error>> folder_kv::start() {
  root_ = file_descriptor(::open(folder_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (root_) co_return {};
  const int error = errno;
  kv_log.error("{}: the folder {} cannot be opened", name_, folder_);
  if (error == ENOENT) co_return fail(folder_error::not_found);
  if (error == ENOTDIR) co_return fail(folder_error::not_a_folder);
  if (error == EACCES || error == EPERM) co_return fail(folder_error::not_permitted);
  co_return fail(folder_error::failed);
}

// The call owns what it touches.
template <class Call>
task<std::invoke_result_t<Call&>> folder_kv::ask(Call call) {
  auto job = std::make_unique<call_job<Call>>(std::move(call));
  auto done = co_await helper_.run(std::move(job));
  if (done) co_return *std::move(done->outcome);
  ++refused_;
  co_return fail(v1::kv_error::no_memory);
}

task<result<buffer, v1::kv_error>> folder_kv::get(std::string_view key, std::uint64_t offset,
                                                  std::size_t length) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto job = std::make_unique<read_job>();
  job->root = root_.get();
  job->key = key;
  job->offset = offset;
  job->length = length;
  std::size_t size = std::min(length, usual_value);
  for (int i = 0; i < attempts; ++i) {
    if (job->room.size() < size || !job->room) job->room = buffer::allocate(size);
    if (!job->room) co_return fail(v1::kv_error::no_memory);
    job = co_await helper_.run(std::move(job));
    if (!job) {
      ++refused_;
      co_return fail(v1::kv_error::no_memory);
    }
    if (!job->outcome) {
      size = job->wanted;
      continue;
    }
    if (!*job->outcome) co_return fail(job->outcome->error());
    if (**job->outcome) {
      job->room.truncate(job->wanted);
      co_return std::move(job->room);
    }
    // Somebody writes into the file: once more, from the beginning.
    job->value.reset();
    job->outcome.reset();
  }
  co_return fail(v1::kv_error::storage_failed);
}

task<result<std::uint64_t, v1::kv_error>> folder_kv::size(std::string_view key) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(key)] { return detail::open_folder_value(root, key); };
  MIRAGE_CO_TRY(const auto value, co_await ask(std::move(call)));
  co_return value.size;
}

task<result<std::vector<v1::kv_item>, v1::kv_error>> folder_kv::list(std::string_view dictionary) {
  if (!dictionary.empty() && !v1::is_key(dictionary)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(dictionary)] {
    return detail::list_folder(root, key, most_items);
  };
  co_return co_await ask(std::move(call));
}

task<result<wall_time, v1::kv_error>> folder_kv::last_modified(std::string_view key) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(key)] { return detail::open_folder_value(root, key); };
  MIRAGE_CO_TRY(const auto value, co_await ask(std::move(call)));
  co_return value.modified;
}

task<result<v1::kv_digest, v1::kv_error>> folder_kv::digest(std::string_view key) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(key)] { return detail::digest_folder_value(root, key); };
  co_return co_await ask(std::move(call));
}

task<result<void, v1::kv_error>> folder_kv::set(std::string_view key, buffer value) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(key), value = std::move(value)] {
    return detail::set_folder_value(root, key, value.view(), false, 0);
  };
  co_return co_await ask(std::move(call));
}

task<result<void, v1::kv_error>> folder_kv::set_partial(std::string_view key, std::uint64_t offset,
                                                        buffer part) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(key), offset, part = std::move(part)] {
    return detail::set_folder_value(root, key, part.view(), true, offset);
  };
  co_return co_await ask(std::move(call));
}

task<result<void, v1::kv_error>> folder_kv::remove(std::string_view key) {
  if (!v1::is_key(key)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), key = std::string(key)] { return detail::remove_folder_key(root, key); };
  co_return co_await ask(std::move(call));
}

task<result<void, v1::kv_error>> folder_kv::rename(std::string_view from, std::string_view to) {
  if (!v1::is_key(from) || !v1::is_key(to)) co_return fail(v1::kv_error::bad_key);
  auto call = [root = root_.get(), from = std::string(from), to = std::string(to)] {
    return detail::rename_folder_key(root, from, to);
  };
  co_return co_await ask(std::move(call));
}

task<result<void, v1::kv_error>> folder_kv::sync() {
  auto call = [root = root_.get()]() -> result<void, v1::kv_error> {
    if (::syncfs(root) != 0) return fail(detail::kv_error_of(errno));
    return {};
  };
  co_return co_await ask(std::move(call));
}

}  // namespace mirage
