// SPDX-License-Identifier: ISC
#include "beneath.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <memory>

namespace mirage::detail {

namespace {

constexpr int folder_flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC;
constexpr int attempts = 16;

// Where openat2 may not be used: segment by segment, without any symbolic link.
int open_without_links(int folder, std::string_view path, int flags, mode_t mode) noexcept {
  file_descriptor held;
  int at = folder;
  while (true) {
    const std::size_t slash = path.find('/');
    const std::string segment(path.substr(0, slash));
    if (segment == "..") {
      errno = EXDEV;
      return -1;
    }
    if (slash == std::string_view::npos) return ::openat(at, segment.c_str(), flags | O_NOFOLLOW, mode);
    file_descriptor next(::openat(at, segment.c_str(), folder_flags | O_NOFOLLOW));
    if (!next) return -1;
    held = std::move(next);
    at = held.get();
    path.remove_prefix(slash + 1);
  }
}

int try_openat2(int folder, const std::string& path, int flags, mode_t mode) noexcept {
  open_how how{};
  how.flags = static_cast<__u64>(flags);
  how.mode = (flags & O_CREAT) != 0 ? mode : 0;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS;
  for (int i = 0; i < attempts; ++i) {
    const long opened = ::syscall(SYS_openat2, folder, path.c_str(), &how, sizeof how);
    // EAGAIN: something was renamed while a `..` of a link was looked at.
    if (opened >= 0 || (errno != EAGAIN && errno != EINTR)) return static_cast<int>(opened);
  }
  return -1;
}

}  // namespace

v1::kv_error kv_error_of(int error) noexcept {
  switch (error) {
    case ENOENT:
    case ELOOP:
    case EXDEV:  // it leaves the folder
    case ENXIO:
    case EACCES: return v1::kv_error::not_found;
    case ENAMETOOLONG: return v1::kv_error::bad_key;
    case ENOTDIR: return v1::kv_error::dictionary_expected;
    case EISDIR: return v1::kv_error::value_expected;
    case ENOSPC:
    case EDQUOT:
    case EFBIG: return v1::kv_error::no_space;
    case ENOMEM:
    case EMFILE:
    case ENFILE: return v1::kv_error::no_memory;
    default: return v1::kv_error::storage_failed;
  }
}

result<file_descriptor, v1::kv_error> open_beneath(int folder, const std::string& path, int flags,
                                                   mode_t mode) noexcept {
  const std::string& where = path.empty() ? "." : path;
  int opened = try_openat2(folder, where, flags | O_CLOEXEC, mode);
  if (opened < 0 && (errno == ENOSYS || errno == EPERM))
    opened = open_without_links(folder, where, flags | O_CLOEXEC, mode);
  if (opened < 0) return fail(kv_error_of(errno));
  return file_descriptor(opened);
}

result<place, v1::kv_error> place_of(int folder, std::string_view path, bool make) noexcept {
  const std::size_t slash = path.rfind('/');
  const std::string above(slash == std::string_view::npos ? "" : path.substr(0, slash));
  std::string name(path.substr(slash + 1));
  auto opened = open_beneath(folder, above, folder_flags);
  if (!opened && opened.error() == v1::kv_error::not_found && make) {
    MIRAGE_TRY(const place higher, place_of(folder, above, true));
    if (::mkdirat(higher.folder.get(), higher.name.c_str(), 0777) != 0 && errno != EEXIST)
      return fail(kv_error_of(errno));
    opened = open_beneath(folder, above, folder_flags);
  }
  if (!opened) return fail(opened.error());
  return place{*std::move(opened), std::move(name)};
}

result<void, v1::kv_error> remove_tree(int folder, const std::string& name) noexcept {
  if (::unlinkat(folder, name.c_str(), 0) == 0) return {};
  if (errno != EISDIR && errno != EPERM) return fail(kv_error_of(errno));
  const int inside = ::openat(folder, name.c_str(), folder_flags | O_NOFOLLOW);
  if (inside < 0) return fail(kv_error_of(errno));
  const std::unique_ptr<DIR, int (*)(DIR*)> items(::fdopendir(inside), &::closedir);
  if (items == nullptr) {
    ::close(inside);
    return fail(v1::kv_error::no_memory);
  }
  while (const dirent* item = ::readdir(items.get())) {
    const std::string each = item->d_name;
    if (each != "." && each != "..") MIRAGE_TRY_VOID(remove_tree(inside, each));
  }
  if (::unlinkat(folder, name.c_str(), AT_REMOVEDIR) != 0) return fail(kv_error_of(errno));
  return {};
}

}  // namespace mirage::detail
