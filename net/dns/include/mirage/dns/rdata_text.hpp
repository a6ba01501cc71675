// SPDX-License-Identifier: ISC
// The text form of record data: RFC 1035 §5, RFC 3597 §5 (`\# 4 c0000201`, for every type) and the RFC of
// each type. APL, HIP, IPSECKEY and WKS have only the form of RFC 3597 here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/text_writer.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns {

enum class text_error : std::uint8_t {
  field_missing,
  field_too_many,
  bad_number,
  bad_address,
  bad_name,
  bad_string,
  bad_digits,
  bad_time,
  bad_type,
  bad_length,
  bad_parameter,
  no_text_form,
  too_long
};
[[nodiscard]] std::string_view describe(text_error error) noexcept;

/// A word of a master file. Escapes are still in the text; the quotes around it are not.
struct word {
  std::string_view text{};
  bool quoted = false;
};

/// Where the words of a record's data come from.
class word_source {
 public:
  /// False at the end of the record.
  [[nodiscard]] virtual bool next(word& into) noexcept = 0;
  /// The same word is given once more.
  virtual void put_back() noexcept = 0;

 protected:
  ~word_source() = default;
};

/// Writes the data without compression, and gives its length. Names without a dot at the end are below
/// `origin`. After an error the word that was read last is the one that is wrong.
[[nodiscard]] result<std::size_t, text_error> parse_rdata(record_type type, word_source& words,
                                                          name_view origin, bytes out) noexcept;

/// The data in one line. Of data that is not valid for its type, the form of RFC 3597.
void format_rdata(text_writer& out, record_type type, cbytes rdata) noexcept;

/// `3600`, or with units, `1h30m` (w, d, h, m, s); nothing when it is neither or beyond 2^31-1.
[[nodiscard]] std::optional<std::uint32_t> parse_ttl(std::string_view text) noexcept;

}  // namespace mirage::dns
