// SPDX-License-Identifier: ISC
#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"

namespace mirage::dns {

std::optional<edns_option> next_option(cbytes& rest) noexcept {
  if (rest.size() < 4) return std::nullopt;
  const std::size_t length = load_be16(rest.data() + 2);
  if (rest.size() < 4 + length) return std::nullopt;
  const edns_option option{static_cast<option_code>(load_be16(rest.data())), rest.subspan(4, length)};
  rest = rest.subspan(4 + length);
  return option;
}

result<edns, wire_error> edns::read(cbytes message, const record& from) noexcept {
  if (!from.owner.is_root() || from.where != section::additional) return fail(wire_error::bad_option);
  edns read{.payload = static_cast<std::uint16_t>(from.in_class),
            .extended_code = static_cast<std::uint8_t>(from.ttl >> 24),
            .version = static_cast<std::uint8_t>(from.ttl >> 16),
            .dnssec_ok = (from.ttl & 0x8000) != 0,
            .options = message.subspan(from.rdata_at, from.rdata_size)};
  cbytes rest = read.options;
  while (next_option(rest)) {
  }
  if (!rest.empty()) return fail(wire_error::bad_option);
  return read;
}

result<message_reader, wire_error> message_reader::open(cbytes message) noexcept {
  if (message.size() < header::size) return fail(wire_error::too_short);
  return message_reader(message, header::load(message.data()));
}

result<std::optional<question>, wire_error> message_reader::next_question() noexcept {
  if (left_[0] == 0) return std::optional<question>();
  question asked;
  MIRAGE_TRY(const std::size_t end, read_name(message_, at_, asked.subject));
  if (message_.size() - end < 4) return fail(wire_error::too_short);
  asked.type = static_cast<record_type>(load_be16(message_.data() + end));
  asked.in_class = static_cast<record_class>(load_be16(message_.data() + end + 2));
  at_ = end + 4;
  --left_[0];
  return asked;
}

result<std::optional<record>, wire_error> message_reader::next_record() noexcept {
  while (left_[0] > 0) MIRAGE_TRY_VOID(next_question());
  std::size_t where = 1;
  while (where < left_.size() && left_[where] == 0) ++where;
  if (where == left_.size()) return std::optional<record>();
  record found;
  MIRAGE_TRY(const std::size_t end, read_name(message_, at_, found.owner));
  if (message_.size() - end < 10) return fail(wire_error::too_short);
  const std::byte* fixed = message_.data() + end;
  found.where = static_cast<section>(where);
  found.type = static_cast<record_type>(load_be16(fixed));
  found.in_class = static_cast<record_class>(load_be16(fixed + 2));
  found.ttl = load_be32(fixed + 4);
  found.rdata_at = end + 10;
  found.rdata_size = load_be16(fixed + 8);
  if (message_.size() - found.rdata_at < found.rdata_size) return fail(wire_error::too_short);
  at_ = found.rdata_at + found.rdata_size;
  --left_[where];
  return found;
}

}  // namespace mirage::dns
