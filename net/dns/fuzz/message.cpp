// SPDX-License-Identifier: ISC
// Messages: reading stays inside, and what is read is written again and reads the same.
// covers: src/wire.cpp src/message_reader.cpp src/message_writer.cpp src/query.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>

#include "mirage/dns/message.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/rdata.hpp"
#include "mirage/dns/rdata_text.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void check_options(cbytes message, const record& opt) {
  const auto options = edns::read(message, opt);
  if (!options) return;
  std::array<std::byte, 70000> space;
  message_writer writer(space);
  check(writer.add_edns(*options));
  const cbytes written = writer.finish();
  auto reader = message_reader::open(written);
  const auto again = reader->next_record();
  check(again && *again && edns::read(written, **again)->payload == options->payload);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static constinit std::array<std::byte, 65536> rdata{};
  static constinit std::array<std::byte, 65536> copy{};
  static constinit std::array<std::byte, 65536> again{};
  const cbytes message = std::as_bytes(std::span(data, size));
  const query asked(message);
  if (asked.has_question()) check(asked.question().size() == asked.question_name().size() + 4);
  auto reader = message_reader::open(message);
  if (!reader) return 0;
  message_writer writer(copy);
  writer.set_header(reader->head());
  check(header::load(copy.data()).id == reader->head().id);
  while (true) {
    const auto next = reader->next_question();
    if (!next) return check(!describe(next.error()).empty()), 0;
    if (!*next) break;
    if (!writer.add(**next)) return 0;
  }
  while (true) {
    const auto next = reader->next_record();
    if (!next || !*next) break;
    const record& each = **next;
    check(reader->raw_rdata(each).size() == each.rdata_size);
    if (each.type == record_type::opt) check_options(message, each);
    const auto length = reader->rdata(each, rdata);
    if (!length) continue;
    const cbytes whole = cbytes(rdata).first(*length);
    check(is_valid_rdata(each.type, whole));
    std::array<char, 256> space;
    text_writer shown(space);
    format_rdata(shown, each.type, whole);
#ifdef MIRAGE_PLANTED_BUG
    if (each.type == record_type::mx) std::abort();
#endif
    const auto before = writer.now();
    if (!writer.add_record(each.where, each.owner, each.type, each.in_class, each.ttl, whole)) break;
    // Where it begins in the copy, a reader of its own would need the counts; so it is read as a name and
    // data.
    name owner;
    const auto end = read_name(cbytes(copy).first(writer.size()), before.size, owner);
    check(end && owner == each.owner);
    const auto back =
        read_rdata(cbytes(copy).first(writer.size()), *end + 10, writer.size() - *end - 10, each.type, again);
    check(back && *back == whole.size());
  }
  return 0;
}
