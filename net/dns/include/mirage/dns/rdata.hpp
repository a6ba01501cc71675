// SPDX-License-Identifier: ISC
// What the data of each record type is made of, in one table: it checks data, finds the names in it, and
// reads and writes its text form. A type that is not in the table is opaque (RFC 3597).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns {

/// The fields of a type's data, a character each:
///
///   N a name that may be compressed (RFC 3597 §4)   n a name that may not
///   1 2 4 an integer of so many octets               t seconds           T a time in seconds since 1970
///   a an IPv4 address    A an IPv6 address           r a record type     8 64 bits in groups of 16
///   e EUI-48             E EUI-64                    l the whole of LOC
///   s a character string  c one that is written without quotes    x one in hexadecimal   y one in base32hex
///   and, up to the end:
///   S character strings, at least one   q text in quotes   h hexadecimal   b base64   m a set of types
///   p service parameters (RFC 9460 §2.2)   ? octets of unknown meaning
[[nodiscard]] std::string_view rdata_layout(record_type type) noexcept;

/// Octets of a field that is not a name, at the front of what is left of the data; nothing when the data is
/// too short or breaks the field's rules.
[[nodiscard]] std::optional<std::size_t> field_size(char field, cbytes rest) noexcept;

/// Whether the data, without compression, is what its type wants.
[[nodiscard]] bool is_valid_rdata(record_type type, cbytes rdata) noexcept;

/// Whether a set of types (RFC 4034 §4.1.2) holds `type`; false where the set is malformed.
[[nodiscard]] bool bitmap_has(cbytes bitmap, record_type type) noexcept;

}  // namespace mirage::dns
