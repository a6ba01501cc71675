// SPDX-License-Identifier: ISC
// Master files: RFC 1035 §5, with `$TTL` (RFC 2308 §4), `$INCLUDE`, and BIND's `$GENERATE`. Records are given
// out as they are read; nothing is kept.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/text_writer.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns {

/// A record as it was read. All of it is lent for the call.
struct master_record {
  name_view owner;
  record_type type{};
  record_class in_class = record_class::in;
  std::uint32_t ttl = 0;
  cbytes rdata{};  ///< without compression, valid for its type
};

/// What is wrong, in words, and where: lines and columns count from 1; 0 is the file as a whole.
struct master_error {
  std::string_view why{};
  std::string_view file{};  ///< as `$INCLUDE` names it; empty for the text that was given
  std::uint32_t line = 0;
  std::uint32_t column = 0;

  /// `zones/example.org:7:12: a number was expected, and one that fits its field`; without a file, `7:12:
  /// ...`.
  friend void format(text_writer& out, const master_error& error) noexcept;
};

/// What is done with the records.
class master_sink {
 public:
  /// Empty, or what is wrong with the record: a text that lives as long as the program.
  [[nodiscard]] virtual std::string_view add(const master_record& record) = 0;
  /// The text of a file that `$INCLUDE` names, which must live until the reading ends; nothing when there is
  /// none.
  [[nodiscard]] virtual std::optional<std::string_view> include(std::string_view file) = 0;

 protected:
  ~master_sink() = default;
};

struct master_options {
  std::optional<std::uint32_t> ttl{};        ///< until a `$TTL`; without one, an SOA's minimum
  unsigned include_depth = 8;                ///< files in files
  std::uint32_t most_generated = 1'000'000;  ///< records of one `$GENERATE`
};

/// Reads a text, whose first `$ORIGIN` is `origin`, in parts: a zone may have millions of records, and who
/// serves another meanwhile cannot wait for all of them. The text and the sink must outlive it. `file` is
/// what errors call the text.
class master_reader {
 public:
  master_reader(std::string_view text, name_view origin, master_sink& sink,
                const master_options& options = {}, std::string_view file = {});
  ~master_reader();
  master_reader(const master_reader&) = delete;
  master_reader& operator=(const master_reader&) = delete;

  /// Reads on, at most so many records. Nothing while there is more; in the end, or at the first error, what
  /// came of it, and then it is not called again.
  [[nodiscard]] std::optional<result<void, master_error>> read(std::size_t records);

 private:
  class state;
  std::unique_ptr<state> state_;
};

/// Reads all of it at once.
[[nodiscard]] result<void, master_error> read_master_file(std::string_view text, name_view origin,
                                                          master_sink& sink,
                                                          const master_options& options = {},
                                                          std::string_view file = {});

}  // namespace mirage::dns
