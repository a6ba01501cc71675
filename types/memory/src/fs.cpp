// SPDX-License-Identifier: ISC
#include "mirage/memory/fs.hpp"

#include <algorithm>

#include "mirage/core/os.hpp"

namespace mirage::memory {

namespace {

std::string_view parent_of(std::string_view path) noexcept {
  const std::size_t slash = path.rfind('/');
  return slash == std::string_view::npos ? std::string_view{} : path.substr(0, slash);
}

bool is_inside(std::string_view path, std::string_view directory) noexcept {
  if (directory.empty()) return !path.empty();
  return path.size() > directory.size() && path.starts_with(directory) && path[directory.size()] == '/';
}

std::ptrdiff_t signed_size(std::uint64_t size) noexcept { return static_cast<std::ptrdiff_t>(size); }

}  // namespace

fs::outcome<fs::node*> fs::find(std::string_view path) {
  if (path.empty()) return &root_;
  if (!v1::is_key(path)) return fail(v1::fs_error::bad_path);
  const auto found = nodes_.find(path);
  if (found != nodes_.end()) return &found->second;
  MIRAGE_TRY(const node* parent, find(parent_of(path)));
  return fail(parent->directory ? v1::fs_error::not_found : v1::fs_error::not_a_directory);
}

fs::outcome<fs::node*> fs::find_file(std::string_view path) {
  MIRAGE_TRY(node * found, find(path));
  if (found->directory) return fail(v1::fs_error::is_a_directory);
  return found;
}

/// Whether something new can be at `path`.
fs::outcome<void> fs::can_make(std::string_view path) {
  if (!v1::is_key(path)) return fail(v1::fs_error::bad_path);
  const auto found = find(path);
  if (found) return fail(v1::fs_error::exists);
  MIRAGE_TRY(const node* parent, find(parent_of(path)));
  if (!parent->directory) return fail(v1::fs_error::not_a_directory);
  return {};
}

fs::outcome<void> fs::make(std::string_view path, bool directory) {
  MIRAGE_TRY_VOID(can_make(path));
  nodes_.emplace(path, node{directory, os::wall(), {}});
  return {};
}

std::size_t fs::bytes() const noexcept {
  std::size_t total = 0;
  for (const auto& each : nodes_) total += each.second.content.size();
  return total;
}

fs::outcome<void> fs::resize(node& file, std::uint64_t size) {
  if (size > capacity_ || bytes() - file.content.size() + size > capacity_)
    return fail(v1::fs_error::no_space);
  file.content.resize(static_cast<std::size_t>(size));
  file.modified = os::wall();
  return {};
}

fs::answer<buffer> fs::read(std::string_view path, std::uint64_t offset, std::size_t length) {
  const auto file = find_file(path);
  if (!file) return outcome<buffer>(fail(file.error()));
  const cbytes all = (*file)->content;
  const cbytes behind = all.subspan(static_cast<std::size_t>(std::min<std::uint64_t>(offset, all.size())));
  buffer copy = buffer::copy_of(behind.first(std::min(length, behind.size())));
  if (!copy) return outcome<buffer>(fail(v1::fs_error::no_memory));
  return outcome<buffer>(std::move(copy));
}

fs::answer<v1::fs_stat> fs::stat(std::string_view path) {
  const auto found = find(path);
  if (!found) return outcome<v1::fs_stat>(fail(found.error()));
  return outcome<v1::fs_stat>({(*found)->content.size(), (*found)->directory, false, (*found)->modified});
}

fs::answer<std::vector<v1::kv_item>> fs::list(std::string_view path) {
  using items = std::vector<v1::kv_item>;
  const auto found = find(path);
  if (!found) return outcome<items>(fail(found.error()));
  if (!(*found)->directory) return outcome<items>(fail(v1::fs_error::not_a_directory));
  items all;  // in order: what is beside each other differs in its last segment only
  for (const auto& [each, what] : nodes_)
    if (parent_of(each) == path)
      all.push_back({each.substr(path.empty() ? 0 : path.size() + 1), what.directory});
  return outcome<items>(std::move(all));
}

fs::answer<void> fs::create(std::string_view path) { return make(path, false); }
fs::answer<void> fs::make_directory(std::string_view path) { return make(path, true); }

fs::answer<void> fs::write(std::string_view path, std::uint64_t offset, buffer data) {
  return write_to(path, offset, data.view());
}

fs::outcome<void> fs::write_to(std::string_view path, std::uint64_t offset, cbytes data) {
  MIRAGE_TRY(node * file, find_file(path));
  if (offset > capacity_) return fail(v1::fs_error::no_space);
  const std::uint64_t end = offset + data.size();
  if (end > file->content.size()) MIRAGE_TRY_VOID(resize(*file, data.empty() ? file->content.size() : end));
  std::ranges::copy(data, file->content.begin() + (data.empty() ? 0 : signed_size(offset)));
  file->modified = os::wall();
  return {};
}

fs::answer<void> fs::truncate(std::string_view path, std::uint64_t size) {
  const auto file = find_file(path);
  if (!file) return outcome<void>(fail(file.error()));
  return resize(**file, size);
}

fs::answer<void> fs::rename(std::string_view path, std::string_view to) { return move(path, to); }

fs::outcome<void> fs::move(std::string_view path, std::string_view to) {
  if (!v1::is_key(path) || !v1::is_key(to) || is_inside(to, path)) return fail(v1::fs_error::bad_path);
  MIRAGE_TRY(const node* moved, find(path));
  if (path == to) return {};
  const auto there = find(to);
  if (there && !(*there)->directory && !moved->directory)
    nodes_.erase(nodes_.find(to));
  else
    MIRAGE_TRY_VOID(can_make(to));
  map taken;
  for (auto at = nodes_.begin(); at != nodes_.end();) {
    const auto next = std::next(at);
    if (at->first == path || is_inside(at->first, path)) {
      auto handle = nodes_.extract(at);
      handle.key() = std::string(to) + handle.key().substr(path.size());
      taken.insert(std::move(handle));
    }
    at = next;
  }
  nodes_.merge(taken);
  return {};
}

fs::answer<void> fs::remove(std::string_view path) {
  if (!v1::is_key(path)) return outcome<void>(fail(v1::fs_error::bad_path));
  const auto found = find(path);
  if (!found) return outcome<void>(fail(found.error()));
  for (const auto& each : nodes_)
    if (is_inside(each.first, path)) return outcome<void>(fail(v1::fs_error::not_empty));
  nodes_.erase(nodes_.find(path));
  return outcome<void>{};
}

fs::answer<void> fs::sync() {
  stable_ = nodes_;
  return outcome<void>{};
}

}  // namespace mirage::memory
