// SPDX-License-Identifier: ISC
#include "mirage/dns/wire.hpp"

#include <cstring>

#include "mirage/core/endian.hpp"
#include "mirage/dns/rdata.hpp"

namespace mirage::dns {

std::string_view describe(wire_error error) noexcept {
  switch (error) {
    case wire_error::too_short: return "the message ends too early";
    case wire_error::bad_name: return "the message has a malformed name";
    case wire_error::bad_data: return "the message has a record with malformed data";
    case wire_error::bad_option: return "the message has a malformed OPT record";
  }
  return "the message is malformed";
}

header header::load(const std::byte* from) noexcept {
  const std::uint16_t bits = load_be16(from + 2);
  const auto has = [bits](std::uint16_t bit) { return (bits & bit) != 0; };
  header read{.id = load_be16(from),
              .response = has(header_bits::response),
              .operation = static_cast<opcode>((bits & header_bits::operation) >> 11),
              .authoritative = has(header_bits::authoritative),
              .truncated = has(header_bits::truncated),
              .recursion_desired = has(header_bits::recursion_desired),
              .recursion_available = has(header_bits::recursion_available),
              .authentic_data = has(header_bits::authentic_data),
              .checking_disabled = has(header_bits::checking_disabled),
              .code = static_cast<rcode>(bits & header_bits::code)};
  for (std::size_t i = 0; i < read.counts.size(); ++i) read.counts[i] = load_be16(from + 4 + 2 * i);
  return read;
}

void header::store(std::byte* to) const noexcept {
  unsigned bits = static_cast<unsigned>(operation) << 11 | (static_cast<unsigned>(code) & header_bits::code);
  if (response) bits |= header_bits::response;
  if (authoritative) bits |= header_bits::authoritative;
  if (truncated) bits |= header_bits::truncated;
  if (recursion_desired) bits |= header_bits::recursion_desired;
  if (recursion_available) bits |= header_bits::recursion_available;
  if (authentic_data) bits |= header_bits::authentic_data;
  if (checking_disabled) bits |= header_bits::checking_disabled;
  store_be16(to, id);
  store_be16(to + 2, static_cast<std::uint16_t>(bits));
  for (std::size_t i = 0; i < counts.size(); ++i) store_be16(to + 4 + 2 * i, counts[i]);
}

result<std::size_t, wire_error> read_name(cbytes message, std::size_t at, name& out) noexcept {
  std::array<std::byte, longest_name> octets;
  std::size_t size = 0;
  std::size_t end = 0;       // behind the first pointer
  std::size_t barrier = at;  // pointers must lead before it
  while (true) {
    if (at >= message.size()) return fail(wire_error::too_short);
    const auto length = static_cast<std::size_t>(message[at]);
    if (length >= 0xc0) {
      if (at + 2 > message.size()) return fail(wire_error::too_short);
      const std::size_t target = load_be16(message.data() + at) & 0x3fffu;
      if (end == 0) end = at + 2;
      if (target >= barrier) return fail(wire_error::bad_name);
      barrier = at = target;
      continue;
    }
    if (length > longest_label || size + 1 + length > longest_name) return fail(wire_error::bad_name);
    if (at + 1 + length > message.size()) return fail(wire_error::too_short);
    std::memcpy(octets.data() + size, message.data() + at, 1 + length);
    size += 1 + length;
    at += 1 + length;
    if (length == 0) break;
  }
  out = name(name_view::trusted({octets.data(), size}));
  return end == 0 ? at : end;
}

result<std::size_t, wire_error> read_rdata(cbytes message, std::size_t at, std::size_t length,
                                           record_type type, bytes out) noexcept {
  if (at > message.size() || length > message.size() - at) return fail(wire_error::too_short);
  const cbytes known = message.first(at + length);  // names inside may not reach beyond the data
  std::size_t size = 0;
  for (const char field : rdata_layout(type)) {
    if (field == 'N' || field == 'n') {
      name found;
      const auto end = read_name(known, at, found);
      if (!end) return fail(wire_error::bad_data);
      if (out.size() - size < found.size()) return fail(wire_error::too_short);
      std::memcpy(out.data() + size, found.view().data(), found.size());
      size += found.size();
      at = *end;
      continue;
    }
    const auto octets = field_size(field, known.subspan(at));
    if (!octets) return fail(wire_error::bad_data);
    if (out.size() - size < *octets) return fail(wire_error::too_short);
    if (*octets > 0) std::memcpy(out.data() + size, known.data() + at, *octets);
    size += *octets;
    at += *octets;
  }
  if (at != known.size()) return fail(wire_error::bad_data);
  return size;
}

}  // namespace mirage::dns
