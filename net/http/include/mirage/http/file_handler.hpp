// SPDX-License-Identifier: ISC
// Serves the values of a store as files.
//
//   http::file_handler files{store, {.max_age = 3600s}};
//   co_await server.serve({{}, 80}, std::ref(files));
//
// GET and HEAD with index pages, redirects of folders to their slash, an own page for what is not there, the
// precompressed variants of values in the image, conditions and ranges. Not implemented: listings of folders.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/fixed_string.hpp"
#include "mirage/http/exchange.hpp"
#include "mirage/http/file_response.hpp"
#include "mirage/v1.hpp"

namespace mirage::http {

/// The texts must outlive the handler.
struct file_options {
  std::string_view index = "index.html";    ///< the value that stands for a folder
  std::string_view not_found = "404.html";  ///< the value to show for what is not there, if it exists
  std::chrono::seconds max_age{0};          ///< how long a cache need not ask again; 0: it always has to
  bool hide_dot_names = true;               ///< but for /.well-known/
};

/// A store of any type, erased. Without `find` its values are read, piece by piece.
struct file_store {
  void* store;
  const v1::asset* (*find)(const void* store, std::string_view key) noexcept;
  task<result<std::uint64_t, v1::kv_error>> (*size)(void* store, std::string_view key);
  task<result<wall_time, v1::kv_error>> (*last_modified)(void* store, std::string_view key);
  task<result<v1::kv_digest, v1::kv_error>> (*digest)(void* store, std::string_view key);
  task<result<buffer, v1::kv_error>> (*get)(void* store, std::string_view key, std::uint64_t offset,
                                            std::size_t length);
};

template <v1::kv_ro Store>
[[nodiscard]] file_store store_of(Store& store) noexcept;

class file_handler {
 public:
  /// The store must outlive the handler.
  template <v1::kv_ro Store>
  explicit file_handler(Store& store, const file_options& options = {})
      : file_handler(store_of(store), options) {}
  file_handler(const file_store& store, const file_options& options);

  task<> operator()(exchange& with);

 private:
  /// The checked field lines of a form that was asked for before.
  struct remembered {
    const v1::asset* file = nullptr;
    content_coding coding{};
    buffer lines;
  };

  [[nodiscard]] bool answer_without_file(exchange& with) const noexcept;
  void answer_error(exchange& with, status code) const noexcept;
  void redirect_to_folder(exchange& with) const noexcept;
  [[nodiscard]] buffer lines_for(const file_facts& facts, const file_response& response,
                                 std::string_view multipart_type = {}) const noexcept;

  [[nodiscard]] const v1::asset* find_asset(std::string_view path) const noexcept;
  [[nodiscard]] bool serve_asset(exchange& with) noexcept;
  void send_asset(exchange& with, const v1::asset& file, const file_response& response) noexcept;
  void send_missing_asset(exchange& with) noexcept;
  [[nodiscard]] std::string_view remembered_lines(const v1::asset& file,
                                                  const file_response& response) noexcept;

  // Kept from being made part of their callers' frames, which would be longer than the pool's.
  [[gnu::noinline]] task<> serve_value(exchange& with);
  [[gnu::noinline]] task<> serve_missing_value(exchange& with);
  [[gnu::noinline]] task<std::optional<v1::kv_error>> send_value(exchange& with, std::string_view key,
                                                                 status code);
  [[gnu::noinline]] task<> send_found_asset(exchange& with, std::string_view key, const v1::asset& file);
  [[gnu::noinline]] task<> send_content(exchange& with, std::string_view key, const file_facts& facts,
                                        file_response response);
  [[gnu::noinline]] task<bool> send_range(exchange& with, std::string_view key, content_coding coding,
                                          byte_range range);
  [[gnu::noinline]] task<> send_multipart(exchange& with, std::string_view key, const file_facts& facts,
                                          file_response response);

  file_store store_;
  file_options options_;
  fixed_string<40> cache_control_;
  std::vector<remembered> remembered_;
};

template <v1::kv_ro Store>
file_store store_of(Store& store) noexcept {
  file_store erased{
      .store = &store,
      .find = nullptr,
      .size = [](void* at, std::string_view key) -> task<result<std::uint64_t, v1::kv_error>> {
        auto size = co_await static_cast<Store*>(at)->size(key);
        co_return size;
      },
      .last_modified = [](void* at, std::string_view key) -> task<result<wall_time, v1::kv_error>> {
        auto when = co_await static_cast<Store*>(at)->last_modified(key);
        co_return when;
      },
      .digest = [](void* at, std::string_view key) -> task<result<v1::kv_digest, v1::kv_error>> {
        auto digest = co_await static_cast<Store*>(at)->digest(key);
        co_return digest;
      },
      .get = [](void* at, std::string_view key, std::uint64_t offset,
                std::size_t length) -> task<result<buffer, v1::kv_error>> {
        auto part = co_await static_cast<Store*>(at)->get(key, offset, length);
        co_return std::move(part);
      }};
  if constexpr (v1::kv_assets<Store>)
    erased.find = [](const void* at, std::string_view key) noexcept {
      return static_cast<const Store*>(at)->find(key);
    };
  return erased;
}

}  // namespace mirage::http
