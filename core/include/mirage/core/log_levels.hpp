// SPDX-License-Identifier: ISC
// Which log messages are wanted: a level for all sources and exceptions by name, as `-l '*:info,tcp:debug'`
// says it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/fixed_string.hpp"
#include "mirage/core/result.hpp"
#include "mirage/core/text_writer.hpp"

namespace mirage {

/// Each level includes those before it. `app` is what the user of the unikernel always wants to see; `quiet`
/// lets nothing pass.
enum class log_level : std::uint8_t { quiet, app, error, warning, info, debug };

[[nodiscard]] std::string_view describe(log_level level) noexcept;
[[nodiscard]] std::optional<log_level> parse_log_level(std::string_view word) noexcept;

/// Why a list of levels was refused, and the part of it that is to blame.
struct log_levels_error {
  enum class reason : std::uint8_t { unknown_level, no_source, source_too_long, too_many_sources };
  reason why;
  std::string_view word;
};

/// A sentence without a full stop: `unknown log level "loud"; choose one of quiet, app, ...`.
void format(text_writer& out, const log_levels_error& error) noexcept;

/// The levels in force; `os::node` owns one. Lies whole in the object, copies freely, never allocates.
class log_levels {
 public:
  static constexpr std::size_t max_sources = 16;
  static constexpr std::size_t max_source_length = 31;

  /// No source has a greater level than this: the one comparison that a message costs when it is off.
  [[nodiscard]] log_level greatest() const noexcept { return greatest_; }
  [[nodiscard]] log_level level_of(std::string_view source) const noexcept;

  /// The level of every source that has none of its own; `info` at the beginning.
  void set(log_level level) noexcept;
  /// The level of one source, whether or not it exists yet.
  result<void, log_levels_error> set(std::string_view source, log_level level) noexcept;

  /// Applies a list such as `*:info,tcp:debug,http:quiet`. `*`, or a level alone, means every source that is
  /// not named; what the list does not mention stays. Refused lists change nothing; the error refers to
  /// `text`.
  result<void, log_levels_error> parse(std::string_view text) noexcept;

  friend bool operator==(const log_levels&, const log_levels&) noexcept = default;
  /// `*:info,tcp:debug`, which `parse` takes.
  friend void format(text_writer& out, const log_levels& levels) noexcept;

 private:
  struct exception {
    fixed_string<max_source_length> source;
    log_level level = log_level::quiet;
    friend bool operator==(const exception&, const exception&) noexcept = default;
  };
  result<void, log_levels_error> parse_item(std::string_view item) noexcept;
  void find_greatest() noexcept;

  std::array<exception, max_sources> exceptions_;
  std::size_t count_ = 0;
  log_level default_ = log_level::info;
  log_level greatest_ = log_level::info;
};

}  // namespace mirage
