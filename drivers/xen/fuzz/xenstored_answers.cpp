// SPDX-License-Identifier: ISC
// A xenstored that answers anything, in pieces of any size: whoever asks comes to an end with an answer or an
// error, and nothing is read out of bounds.
// covers: src/xenstore.cpp src/xenstore_wire.cpp
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <string>
#include <vector>

#include "../test/fake_xen.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/xen/xenstore.hpp"

using namespace mirage;

namespace {

task<> ask(xen::xenstore& store, unsigned what, unsigned& ended) {
  auto work = [&store](xen::transaction within) { return store.write("key", "value", within); };
  switch (what % 5) {
    case 0: static_cast<void>(co_await store.read("key")); break;
    case 1: static_cast<void>(co_await store.directory("key")); break;
    case 2: static_cast<void>(co_await store.read_number("key")); break;
    case 3: static_cast<void>(co_await store.atomically(work)); break;
    default: static_cast<void>(co_await store.remove("key")); break;
  }
  ++ended;
}

// The first two bytes of each round are its length and what is asked meanwhile; with the highest bit of the
// second the header is made to fit the last request.
std::string shaped(std::string_view raw, bool fits, std::uint32_t number) {
  if (!fits || raw.empty()) return std::string(raw);
  return xen::make_message({.type = static_cast<xen::message_type>(raw[0] & 0x1f), .request = number},
                           {raw.substr(1)});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = as_text(std::as_bytes(std::span(data, size)));
  test::virtual_node node;
  test::fake_xenstored nobody;
  test::fake_connection connection(node, nobody);
  connection.mute = true;
  xen::xenstore store(connection);
  event changed;
  std::optional<xen::xenstore_watch> watch;
  unsigned ended = 0;
  unsigned begun = 0;
  scope asking;
  while (rest.size() > 2) {
    const auto length = static_cast<std::uint8_t>(rest[0]);
    const auto what = static_cast<std::uint8_t>(rest[1]);
    rest.remove_prefix(2);
    if (asking.spawn("ask", ask(store, what, ended))) ++begun;
    if ((what & 0x20) != 0) watch.emplace(store, "key", changed);
    if ((what & 0x40) != 0) watch.reset();
    node.settle();
    connection.to_read += shaped(rest.substr(0, length), (what & 0x80) != 0, connection.last_number());
    rest.remove_prefix(std::min<std::size_t>(length, rest.size()));
    connection.tell();
    node.settle();
  }
#ifdef MIRAGE_PLANTED_BUG
  if (ended > 3 && node.console_text().empty()) std::abort();
#endif
  connection.broken = true;
  connection.tell();
  node.settle();
  if (ended != begun) std::abort();
  return 0;
}
