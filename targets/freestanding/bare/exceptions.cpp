// SPDX-License-Identifier: ISC
// What libstdc++ and libgcc ask for when exceptions are thrown (Itanium C++ ABI: Exception Handling), on a
// machine with one thread and one image. Only in builds with exceptions.
#if defined(__cpp_exceptions)

#include <dlfcn.h>
#include <elf.h>
#include <libintl.h>
#include <pthread.h>
#include <sys/single_threaded.h>

#include <exception>
#include <string_view>

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"
#include "mirage/freestanding/image.hpp"

namespace {

[[noreturn]] void stop(std::string_view what) noexcept {
  mirage::os::platform::crash(mirage::format_text<256>("nobody catches an exception: {}", what).text(), {});
}

[[noreturn]] void terminate() noexcept {
  if (!std::current_exception()) mirage::os::platform::crash("std::terminate was called", {});
  try {
    throw;
  } catch (const std::exception& known) {
    stop(known.what());
  } catch (...) {
    stop("it is none of the standard library");
  }
}

}  // namespace

// Its default prints with stdio and demangles names, which is more than all of an image.
namespace __cxxabiv1 {
std::terminate_handler __terminate_handler = terminate;
}

// Where the table is that unwinds the functions of the object in which an address lies: there is one object.
int _dl_find_object(void*, dl_find_object* found) noexcept {
  for (const Elf64_Phdr& segment : mirage::freestanding::image::segments()) {
    if (segment.p_type != PT_GNU_EH_FRAME) continue;
    *found = {};
    found->dlfo_map_end = mirage::freestanding::image::end();
    found->dlfo_eh_frame = reinterpret_cast<void*>(segment.p_vaddr);
    return 0;
  }
  return -1;
}

// One thread: counts need not be atomic, and what one holds nobody else wants.
char __libc_single_threaded = 1;
int pthread_mutex_lock(pthread_mutex_t*) noexcept { return 0; }
int pthread_mutex_unlock(pthread_mutex_t*) noexcept { return 0; }
// Texts are English.
char* gettext(const char* text) noexcept { return const_cast<char*>(text); }

#endif
