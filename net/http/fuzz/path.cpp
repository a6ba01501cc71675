// SPDX-License-Identifier: ISC
// Paths, queries and URIs: what is decoded names something inside the store, and nothing else.
// covers: src/path.cpp src/request_target.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mirage/http/request_target.hpp"

using namespace mirage::http;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_decoded(std::string_view path) {
  check(path.starts_with('/') && path.find_first_of(std::string_view("\0\\", 2)) == std::string_view::npos);
  check(path.find("//") == std::string_view::npos);
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::string_view segment = path.substr(0, path.find('/'));
    check(segment != "." && segment != "..");
#ifdef MIRAGE_PLANTED_BUG
    if (segment == "b") std::abort();
#endif
    path.remove_prefix(segment.size());
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::array<char, 64> space;
  if (const auto path = decode_path(text, space)) check_decoded(*path);
  (void)percent_decode(text, space, true);
  (void)percent_decode(text, space, false);
  for (const method verb : {method::get, method::options, method::connect})
    if (const auto target = parse_target(verb, text)) {
      check(target->text == text);
      check(target->form != target_form::authority || verb == method::connect);
      check(is_authority(target->authority));
      std::string_view query = target->query;
      while (const auto parameter = next_parameter(query)) check(parameter->name.size() <= text.size());
    }
  if (const auto parts = parse_uri(text)) {
    check(!parts->host.empty() && parts->port != 0 && is_authority(parts->authority));
    check(parts->path.empty() || parts->path.front() == '/');
  }
  return 0;
}
