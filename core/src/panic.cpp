// SPDX-License-Identifier: ISC
#include "mirage/core/panic.hpp"

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

void panic(std::string_view why, const char* file, unsigned line) noexcept {
  char text[256];
  text_writer where(text);
  format_to(where, "{}:{}", std::string_view(file), line);
  os::platform::crash(why, where.text());
}

}  // namespace mirage
