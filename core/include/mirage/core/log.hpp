// SPDX-License-Identifier: ISC
// Messages for people, by source and level, to the console, one line each:
//
//   inline constexpr log_source http_log{"http"};
//   http_log.info("listening on {}", endpoint);     2026-11-21T22:23:59Z: [INFO] [http] listening
//   on 10.0.0.2:80
//
// A message that is off costs one comparison: nothing is formatted. None allocates.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "mirage/core/format.hpp"
#include "mirage/core/log_levels.hpp"
#include "mirage/core/node.hpp"

namespace mirage {

struct log_source;

namespace detail {
void write_log(const log_source& source, log_level level, std::string_view text,
               std::span<const format_argument> arguments) noexcept;
}

/// Where messages come from: one constant a package, or one a part of it (`tcp`, `tcp.state`). The name is at
/// most `log_levels::max_source_length` long. Logging needs a node (`os::here`).
struct log_source {
  std::string_view name;

  /// A line is at most this long, its end included; more is cut and ends in `...`.
  static constexpr std::size_t max_line = 1024;

  /// What the user of the unikernel always wants to see, unless logs are quiet.
  template <class... Args>
  void app(format_string<Args...> text, const Args&... args) const noexcept {
    write(log_level::app, text, args...);
  }
  /// Something that was asked for could not be done.
  template <class... Args>
  void error(format_string<Args...> text, const Args&... args) const noexcept {
    write(log_level::error, text, args...);
  }
  /// Done, but somebody should look at it.
  template <class... Args>
  void warning(format_string<Args...> text, const Args&... args) const noexcept {
    write(log_level::warning, text, args...);
  }
  template <class... Args>
  void info(format_string<Args...> text, const Args&... args) const noexcept {
    write(log_level::info, text, args...);
  }
  /// For whoever works on this source.
  template <class... Args>
  void debug(format_string<Args...> text, const Args&... args) const noexcept {
    write(log_level::debug, text, args...);
  }

  /// Whether a message would be printed; for callers that have to compute one.
  [[nodiscard]] bool enabled(log_level level) const noexcept {
    return level <= os::here->log.greatest() && level <= os::here->log.level_of(name);
  }

  /// Control characters in the text, which may quote a stranger, are printed as `\n` or `\x1b`: one message
  /// is one line.
  template <class... Args>
  void write(log_level level, format_string<Args...> text, const Args&... args) const noexcept {
    if (level > os::here->log.greatest()) return;
    const std::array<detail::format_argument, sizeof...(Args)> arguments{
        detail::make_format_argument(args)...};
    detail::write_log(*this, level, text.text(), arguments);
  }
};

}  // namespace mirage
