// SPDX-License-Identifier: ISC
#include "mirage/core/panic.hpp"

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

void panic(std::string_view why, std::source_location place) noexcept {
  char text[256];
  text_writer where(text);
  format_to(where, "{}:{}", std::string_view(place.file_name()), place.line());
  os::platform::crash(why, where.text());
}

}  // namespace mirage
