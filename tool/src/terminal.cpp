// SPDX-License-Identifier: ISC
#include "terminal.hpp"

#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace mirage::tool {
namespace {

bool wants_color(color_mode mode) {
  if (mode != color_mode::automatic) return mode == color_mode::always;
  const char* term = std::getenv("TERM");
  return isatty(STDERR_FILENO) == 1 && std::getenv("NO_COLOR") == nullptr && term != nullptr &&
         std::string_view{term} != "dumb";
}

// "config.cpp:6: ..." is found by editors if nothing stands before it.
bool begins_with_place(std::string_view sentence) {
  const auto colon = sentence.find(':');
  return colon != sentence.npos && colon + 1 < sentence.size() && sentence[colon + 1] >= '0' &&
         sentence[colon + 1] <= '9' && !sentence.substr(0, colon).contains(' ');
}

}  // namespace

terminal::terminal(int verbosity, color_mode color)
    : verbosity_(verbosity), color_(wants_color(color)), interactive_(isatty(STDERR_FILENO) == 1) {}

void terminal::clear_progress() {
  if (drawn_) fmt::print(stderr, "\r\033[K");
  drawn_ = false;
}

void terminal::error(const tool_error& what) {
  clear_progress();
  if (verbose() && !what.details.empty()) fmt::print(stderr, "{}\n", what.details);
  const std::string_view who = begins_with_place(what.sentence) ? "" : "mirage: ";
  fmt::print(stderr, "{}{}{}{}\n", color_ ? "\033[1;31m" : "", who, what.sentence, color_ ? "\033[0m" : "");
  if (!verbose() && !what.details.empty()) {
    fmt::print(stderr, "{}(mirage -v shows the whole message){}\n", color_ ? "\033[2m" : "",
               color_ ? "\033[0m" : "");
  }
}

void terminal::note(std::string_view line) {
  if (verbosity_ < 0) return;
  clear_progress();
  fmt::print("{}\n", line);
  std::fflush(stdout);
}

void terminal::detail(std::string_view line) {
  if (!verbose()) return;
  clear_progress();
  fmt::print(stderr, "{}\n", line);
}

void terminal::progress(std::string_view what, std::size_t done, std::size_t total) {
  if (verbosity_ < 0 || total == 0) return;
  if (interactive_) {
    fmt::print(stderr, "\r\033[K{}  [{}/{}]", what, done, total);
    std::fflush(stderr);
    drawn_ = done < total;
    if (!drawn_) fmt::print(stderr, "\r\033[K");
    return;
  }
  // In a log file: one line every quarter.
  std::string line = fmt::format("{}: {} %", what, done * 4 / total * 25);
  if (line == last_progress_) return;
  last_progress_ = std::move(line);
  detail(last_progress_);
}

}  // namespace mirage::tool
