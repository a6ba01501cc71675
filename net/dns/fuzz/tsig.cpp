// SPDX-License-Identifier: ISC
// TSIG: reading stays inside, nothing unsigned is believed, and what we sign is verified. The first octet is
// the algorithm, the next eight a time; the rest is a message.
// covers: src/tsig.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <span>
#include <string_view>

#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/tsig.hpp"

using namespace mirage;
using namespace mirage::dns;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

bool is_whole(cbytes message) {
  auto reader = message_reader::open(message);
  while (reader) {
    const auto next = reader->next_record();
    if (!next) return false;
    if (!*next) return reader->position() == message.size();
  }
  return false;
}

/// Signs what came, and verifies it as its receiver does.
void sign_and_verify(const tsig_key& key, cbytes message, std::uint64_t now) {
  std::array<std::byte, 4096> space;
  tsig_exchange from(key);
  tsig_exchange to(key);
  if (!is_whole(message) || message.size() + from.size() > space.size()) return;
  std::ranges::copy(message, space.begin());
  const std::size_t size = from.sign(space, message.size(), now);
  const auto found = tsig_record::of(cbytes(space).first(size));
  if (!found) return;  // there was one before
  check(found->has_value());
  check(to.verify(cbytes(space).first(size), **found, now) == rcode::no_error);
  check(to.verify(cbytes(space).first(size), **found, now) != rcode::no_error);  // not twice
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 9) return 0;
  const cbytes input = std::as_bytes(std::span(data, size));
  const std::uint64_t now = load_be64(input.data() + 1) >> 16;
  const cbytes message = input.subspan(9);
  const std::string_view text(static_cast<const char*>(static_cast<const void*>(message.data())),
                              message.size());
  auto key = tsig_key::parse(text);
  if (key) check(!key->secret.empty());
  key = tsig_key::parse("xfr.example:hmac-sha256:AAECAwQFBgcICQoLDA0ODw==");
  key->algorithm = static_cast<tsig_algorithm>(data[0] % 5);
  sign_and_verify(*key, message, now);
  const auto found = tsig_record::of(message);
  if (!found || !*found) return 0;
#ifdef MIRAGE_PLANTED_BUG
  if ((*found)->fudge == 300) std::abort();
#endif
  tsig_exchange exchange(*key);
  check(exchange.verify(message, **found, now) != rcode::no_error || (*found)->mac.size() >= 20);
  exchange.add_unsigned(message);
  std::array<std::byte, 1024> space{};
  const std::size_t answer = add_tsig_error(space, header::size, **found, rcode::bad_key);
  check(answer == header::size + tsig_error_size(**found));
  const auto again = tsig_record::of(cbytes(space).first(answer));
  check(again && *again && (*again)->key == (*found)->key && (*again)->time == (*found)->time);
  return 0;
}
