// SPDX-License-Identifier: ISC
// Walking the field lines of a head that the parser has accepted.
#include "mirage/http/message_head.hpp"

#include "characters.hpp"

namespace mirage::http {

void field_lines::iterator::read() noexcept {
  if (rest_.empty()) return;
  // The parser has made sure of both; a control character in a value cannot be.
  const std::size_t colon = rest_.find(':');
  const std::size_t end = rest_.find('\r', colon);
  line_ = {rest_.substr(0, colon), trim(rest_.substr(colon + 1, end - colon - 1))};
  length_ = end + 2;
}

std::optional<std::string_view> message_head::find(std::string_view name) const noexcept {
  for (const field_line& line : lines())
    if (equal_ignoring_case(line.name, name)) return line.value;
  return std::nullopt;
}

}  // namespace mirage::http
