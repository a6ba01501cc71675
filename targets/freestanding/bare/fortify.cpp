// SPDX-License-Identifier: ISC
// What an archive that Debian compiled with _FORTIFY_SOURCE calls: libbearssl.a.
#include <cstddef>
#include <cstring>

#include "mirage/core/os.hpp"

extern "C" {
void* __memcpy_chk(void* to, const void* from, std::size_t size, std::size_t room);
void* __memset_chk(void* to, int value, std::size_t size, std::size_t room);
}

void* __memcpy_chk(void* to, const void* from, std::size_t size, std::size_t room) {
  if (size > room) mirage::os::platform::crash("more is copied than there is room for", {});
  return std::memcpy(to, from, size);
}

void* __memset_chk(void* to, int value, std::size_t size, std::size_t room) {
  if (size > room) mirage::os::platform::crash("more is filled than there is room for", {});
  return std::memset(to, value, size);
}
