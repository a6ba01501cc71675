// SPDX-License-Identifier: ISC
// What --help prints.
#include <algorithm>
#include <array>

#include "mirage/core/arguments.hpp"
#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

namespace {

constexpr std::size_t line_width = 79;
constexpr std::size_t help_column = 28;

// Text in lines of at most `line_width`, all of it from `help_column` on.
class paragraph {
 public:
  paragraph(text_writer& out, std::size_t column) noexcept : out_(out), column_(column) {}

  void words(std::string_view text) noexcept {
    while (!text.empty()) {
      const std::size_t length = std::min(text.find(' '), text.size());
      if (length != 0) unbroken(text.substr(0, length));
      text.remove_prefix(std::min(length + 1, text.size()));
    }
  }

  void unbroken(std::string_view text) noexcept {
    const bool first = column_ < help_column;
    if (!first && column_ + 1 + text.size() > line_width) {
      out_.append('\n');
      column_ = 0;
    }
    const std::size_t gap = column_ < help_column ? help_column - column_ : 1;
    out_.append(gap, ' ');
    out_.append(text);
    column_ += gap + text.size();
  }

 private:
  text_writer& out_;
  std::size_t column_;
};

// The left part of a line; one that is too long has the line for itself.
paragraph start_line(text_writer& out, std::string_view left) noexcept {
  out.append("  ");
  out.append(left);
  if (left.size() + 2 < help_column - 1) return {out, left.size() + 2};
  out.append('\n');
  return {out, 0};
}

void print_line(text_writer& out, std::string_view left, std::string_view help) noexcept {
  start_line(out, left).words(help);
  out.append('\n');
}

}  // namespace

void arguments::print_argument(text_writer& out, const argument_base& a) const noexcept {
  std::array<char, 160> space;
  text_writer left(space);
  format_to(left, "{}--{}", &a == &logs ? "-l, " : "", a.name_);
  if (!a.operations_.is_flag) {
    const std::string_view placeholder =
        a.options_.placeholder.empty() ? a.operations_.words.placeholder : a.options_.placeholder;
    format_to(left, "={}{}", placeholder, a.operations_.is_list ? ",..." : "");
  }
  paragraph line = start_line(out, left.text());
  line.words(a.help_);
  if (a.without_ == argument_base::without::required) line.unbroken("(required)");
  if (a.without_ == argument_base::without::preset && a.operations_.print != nullptr) {
    std::array<char, 160> preset_space;
    text_writer preset(preset_space);
    a.operations_.print(preset, a.value_);
    std::array<char, 200> note_space;
    text_writer note(note_space);
    note.append("(default: ");
    append_escaped(note, preset.text());
    note.append(')');
    if (preset.total() != 0) line.unbroken(note.text());
  }
  out.append('\n');
}

void arguments::print_group(text_writer& out, std::string_view group) const noexcept {
  format_to(out, "\n{}:\n", group.empty() ? "Arguments" : group);
  for (const argument_base* a = first_; a != nullptr; a = a->next_)
    if (a->options_.group == group) print_argument(out, *a);
}

void arguments::print_help() const noexcept {
  text_stream out([](std::string_view chunk) { os::console(chunk); });
  format_to(out, "{}{}{}\n", about_.name, about_.summary.empty() ? "" : ": ", about_.summary);
  format_to(out, "\nUsage: {} [--NAME=VALUE]...\n", about_.name);
  const auto first_of_group = [this](const argument_base& of) {
    const argument_base* a = first_;
    while (a->options_.group != of.options_.group) a = a->next_;
    return a == &of;
  };
  // Those without a group come first, those of every unikernel last.
  for (const argument_base* a = first_; a != nullptr; a = a->next_)
    if (a->options_.group.empty() && first_of_group(*a)) print_group(out, {});
  for (const argument_base* a = first_; a != nullptr; a = a->next_)
    if (!a->options_.group.empty() && a->options_.group != common && first_of_group(*a))
      print_group(out, a->options_.group);
  print_group(out, common);
  print_line(out, "--help", "Print this text and stop with status 63");
  print_line(out, "--version", "Print the version and stop with status 63");
}

}  // namespace mirage
