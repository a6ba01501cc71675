// SPDX-License-Identifier: ISC
#include "folder_values.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "beneath.hpp"
#include "mirage/core/sha256.hpp"

namespace mirage::detail {

namespace {

constexpr std::string_view temporary_prefix = ".mirage-unfinished-";
constexpr std::size_t chunk_size = 256 * 1024;
constexpr int attempts = 100;

wall_time time_of(const timespec& from) noexcept {
  return wall_time{duration{std::int64_t{from.tv_sec} * 1'000'000'000 + from.tv_nsec}};
}

bool has_temporary_segment(std::string_view key) noexcept {
  return is_temporary(key.substr(key.rfind('/') + 1));
}

// Reads until `to` is full or the file ends; how much there was.
result<std::size_t, v1::kv_error> read_fully(int file, std::uint64_t offset, bytes to) noexcept {
  std::size_t done = 0;
  while (done < to.size()) {
    const ssize_t count =
        ::pread(file, to.data() + done, to.size() - done, static_cast<off_t>(offset + done));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(kv_error_of(errno));
    if (count == 0) break;
    done += static_cast<std::size_t>(count);
  }
  return done;
}

result<void, v1::kv_error> write_fully(int file, std::uint64_t offset, cbytes from) noexcept {
  while (!from.empty()) {
    const ssize_t count = ::pwrite(file, from.data(), from.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return fail(kv_error_of(errno));
    offset += static_cast<std::uint64_t>(count);
    from = from.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

// A file of a name that no key has; removed unless `keep` is called.
class temporary_file {
 public:
  explicit temporary_file(int folder) noexcept : folder_(folder) {
    for (int i = 0; i < attempts && !file_; ++i) {
      name_ = std::string(temporary_prefix) + std::to_string(::getpid()) + "-" + std::to_string(i);
      file_ =
          file_descriptor(::openat(folder_, name_.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
      if (!file_ && errno != EEXIST) return;
    }
  }
  temporary_file(const temporary_file&) = delete;
  temporary_file& operator=(const temporary_file&) = delete;
  ~temporary_file() {
    if (file_ && !kept_) ::unlinkat(folder_, name_.c_str(), 0);
  }
  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(file_); }
  [[nodiscard]] int get() const noexcept { return file_.get(); }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  void keep() noexcept { kept_ = true; }

 private:
  int folder_;
  std::string name_;
  file_descriptor file_;
  bool kept_ = false;
};

result<void, v1::kv_error> copy_value(const open_value& from, int to) {
  const auto chunk = std::make_unique<std::byte[]>(chunk_size);
  for (std::uint64_t offset = 0; offset < from.size;) {
    MIRAGE_TRY(const std::size_t count, read_fully(from.file.get(), offset, {chunk.get(), chunk_size}));
    if (count == 0) break;
    MIRAGE_TRY_VOID(write_fully(to, offset, {chunk.get(), count}));
    offset += count;
  }
  return {};
}

// Both are there, and `to` is not what a plain rename replaces: they change places, and what was at `to`
// goes.
result<void, v1::kv_error> replace_other_kind(const place& from, const place& to) noexcept {
  if (::renameat2(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str(), RENAME_EXCHANGE) ==
      0)
    return remove_tree(from.folder.get(), from.name);
  if (errno != EINVAL && errno != ENOSYS) return fail(kv_error_of(errno));
  MIRAGE_TRY_VOID(remove_tree(to.folder.get(), to.name));
  if (::renameat(from.folder.get(), from.name.c_str(), to.folder.get(), to.name.c_str()) != 0)
    return fail(kv_error_of(errno));
  return {};
}

}  // namespace

bool is_temporary(std::string_view name) noexcept { return name.starts_with(temporary_prefix); }

result<open_value, v1::kv_error> open_folder_value(int folder, const std::string& key) noexcept {
  if (has_temporary_segment(key)) return fail(v1::kv_error::not_found);
  // Without O_NONBLOCK opening a named pipe would wait for its other end.
  MIRAGE_TRY(file_descriptor file, open_beneath(folder, key, O_RDONLY | O_NONBLOCK | O_NOCTTY));
  struct stat about{};
  if (::fstat(file.get(), &about) != 0) return fail(kv_error_of(errno));
  if (S_ISDIR(about.st_mode)) return fail(v1::kv_error::value_expected);
  if (!S_ISREG(about.st_mode)) return fail(v1::kv_error::not_found);
  return open_value{std::move(file), static_cast<std::uint64_t>(about.st_size), time_of(about.st_mtim),
                    time_of(about.st_ctim)};
}

result<bool, v1::kv_error> read_folder_value(const open_value& from, std::uint64_t offset,
                                             bytes to) noexcept {
  MIRAGE_TRY(const std::size_t count, read_fully(from.file.get(), offset, to));
  struct stat about{};
  if (::fstat(from.file.get(), &about) != 0) return fail(kv_error_of(errno));
  // A file that is replaced as a whole is another one; only one that is written in place changes here. (The
  // time of its inode also changes when it is replaced, which does no harm.)
  return count == to.size() && static_cast<std::uint64_t>(about.st_size) == from.size &&
         time_of(about.st_mtim) == from.modified;
}

result<v1::kv_digest, v1::kv_error> digest_folder_value(int folder, const std::string& key) {
  const auto chunk = std::make_unique<std::byte[]>(chunk_size);
  for (int i = 0; i < attempts; ++i) {
    MIRAGE_TRY(const open_value value, open_folder_value(folder, key));
    sha256 digest;
    bool whole = true;
    for (std::uint64_t offset = 0; offset < value.size && whole;) {
      const std::size_t size = std::min<std::uint64_t>(chunk_size, value.size - offset);
      MIRAGE_TRY(whole, read_folder_value(value, offset, {chunk.get(), size}));
      digest.update({chunk.get(), size});
      offset += size;
    }
    if (whole) return digest.finish();
  }
  return fail(v1::kv_error::storage_failed);
}

result<std::vector<v1::kv_item>, v1::kv_error> list_folder(int folder, const std::string& key,
                                                           std::size_t most) {
  MIRAGE_TRY(file_descriptor opened, open_beneath(folder, key, O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, int (*)(DIR*)> entries(::fdopendir(opened.get()), &::closedir);
  if (entries == nullptr) return fail(v1::kv_error::no_memory);
  static_cast<void>(opened.release());  // closedir closes it
  std::vector<v1::kv_item> items;
  while (const dirent* entry = ::readdir(entries.get())) {
    const std::string name = entry->d_name;
    if (name == "." || name == ".." || is_temporary(name)) continue;
    unsigned char type = entry->d_type;
    if (type != DT_REG && type != DT_DIR) {
      // A link counts as what it leads to, if that is inside.
      const std::string path = key.empty() ? name : key + "/" + name;
      const auto target = open_beneath(folder, path, O_PATH);
      struct stat about{};
      if (!target || ::fstat(target->get(), &about) != 0) continue;
      type = S_ISDIR(about.st_mode) ? DT_DIR : S_ISREG(about.st_mode) ? DT_REG : DT_UNKNOWN;
    }
    if (type != DT_REG && type != DT_DIR) continue;
    if (items.size() == most) return fail(v1::kv_error::no_memory);
    items.push_back({name, type == DT_DIR});
  }
  std::ranges::sort(items, {}, &v1::kv_item::name);
  return items;
}

result<void, v1::kv_error> set_folder_value(int folder, const std::string& key, cbytes content, bool partial,
                                            std::uint64_t offset) noexcept {
  if (has_temporary_segment(key)) return fail(v1::kv_error::bad_key);
  MIRAGE_TRY(const place where, place_of(folder, key, true));
  struct stat about{};
  const bool exists = ::fstatat(where.folder.get(), where.name.c_str(), &about, AT_SYMLINK_NOFOLLOW) == 0;
  if (exists && S_ISDIR(about.st_mode)) return fail(v1::kv_error::value_expected);
  temporary_file file(where.folder.get());
  if (!file) return fail(kv_error_of(errno));
  if (partial) {
    auto old = open_folder_value(folder, key);
    if (!old && old.error() != v1::kv_error::not_found) return fail(old.error());
    if (old) MIRAGE_TRY_VOID(copy_value(*old, file.get()));
    if (offset > INT64_MAX - content.size()) return fail(v1::kv_error::no_space);
  }
  MIRAGE_TRY_VOID(write_fully(file.get(), offset, content));
  // The content must be on the disk before its name is, or a crash could leave the name without it.
  if (::fdatasync(file.get()) != 0) return fail(kv_error_of(errno));
  if (::renameat(where.folder.get(), file.name().c_str(), where.folder.get(), where.name.c_str()) != 0)
    return fail(kv_error_of(errno));
  file.keep();
  return {};
}

result<void, v1::kv_error> remove_folder_key(int folder, const std::string& key) noexcept {
  if (has_temporary_segment(key)) return fail(v1::kv_error::not_found);
  MIRAGE_TRY(const place where, place_of(folder, key, false));
  return remove_tree(where.folder.get(), where.name);
}

result<void, v1::kv_error> rename_folder_key(int folder, const std::string& from,
                                             const std::string& to) noexcept {
  if (has_temporary_segment(from)) return fail(v1::kv_error::not_found);
  if (has_temporary_segment(to) || to.starts_with(from + "/")) return fail(v1::kv_error::bad_key);
  MIRAGE_TRY(const place source, place_of(folder, from, false));
  struct stat about{};
  if (::fstatat(source.folder.get(), source.name.c_str(), &about, AT_SYMLINK_NOFOLLOW) != 0)
    return fail(kv_error_of(errno));
  if (from == to) return {};
  MIRAGE_TRY(const place target, place_of(folder, to, true));
  if (::renameat(source.folder.get(), source.name.c_str(), target.folder.get(), target.name.c_str()) == 0)
    return {};
  const bool other_kind = errno == ENOTEMPTY || errno == EEXIST || errno == EISDIR || errno == ENOTDIR;
  if (!other_kind) return fail(kv_error_of(errno));
  return replace_other_kind(source, target);
}

}  // namespace mirage::detail
