// SPDX-License-Identifier: ISC
// Names from text: what is read is well-formed, prints as what reads back the same, and is ordered as a name.
// covers: src/name.cpp src/query_name.cpp
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "mirage/dns/name.hpp"
#include "mirage/dns/query_name.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_name(const name& one) {
  const name_view view = one;
  const auto again = name_view::front_of(view.wire());
  check(again && *again == view && again->size() == view.size());
  std::array<char, 1100> space;
  text_writer out(space);
  format(out, view);
  check(!out.cut());
#ifdef MIRAGE_PLANTED_BUG
  if (out.text().find("\\1") != std::string_view::npos) std::abort();
#endif
  const auto read = name::parse(out.text());
  check(read && *read == one);
  const query_name folded(view);
  check(folded.labels() == view.labels() && folded.view() == view);
  for (unsigned count = 0; count <= view.labels(); ++count) {
    check(folded.ending(count) == view.suffix(count));
    check(query_name(view.suffix(count)).hash(count) == folded.hash(count));
    check(view.is_within(view.suffix(count)));
  }
  check((one <=> one) == 0 && (view.parent() <=> view) <= 0);
  name lower = one;
  lower.lower();
  check(lower == one && name_view(lower).hash(3) == view.hash(3));
  name longer = one;
  check(longer.prepend(as_bytes("x")) == (one.size() + 2 <= longest_name));
  const auto joined = name::join(view.wire().first(view.size() - 1), view);
  check(joined.has_value() == (2 * view.size() - 1 <= longest_name));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const name origin = *name::parse("example.org");
  if (const auto read = name::parse(text, origin))
    check_name(*read);
  else
    check(!describe(read.error()).empty());
  if (const auto front = name_view::front_of(as_bytes(text))) check_name(name(*front));
  return 0;
}
