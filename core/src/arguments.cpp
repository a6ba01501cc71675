// SPDX-License-Identifier: ISC
// Reading a command line: every mistake becomes one sentence.
#include "mirage/core/arguments.hpp"

#include <algorithm>
#include <array>

#include "mirage/core/format.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"

namespace mirage {

namespace {

constexpr int status_help = 63;
constexpr int status_bad_argument = 64;

// A word of the user's in quotes; a very long one is shortened.
void append_quoted(text_writer& out, std::string_view word) noexcept {
  constexpr std::size_t longest = 80;
  out.append('"');
  append_escaped(out, word.substr(0, longest));
  out.append(word.size() > longest ? "...\"" : "\"");
}

// How many letters have to be changed, added, left out or swapped with their neighbour to make `a` of `b`
// (optimal string alignment). Words that are longer than any name are infinitely far.
std::size_t distance(std::string_view a, std::string_view b) noexcept {
  constexpr std::size_t longest = 64;
  if (a.size() > longest || b.size() > longest) return 2 * longest;
  std::array<std::uint8_t, longest + 1> before_last{};
  std::array<std::uint8_t, longest + 1> last{};
  std::array<std::uint8_t, longest + 1> current{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = static_cast<std::uint8_t>(j);
  for (std::size_t i = 1; i <= a.size(); ++i) {
    current[0] = static_cast<std::uint8_t>(i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const int changed = a[i - 1] == b[j - 1] ? 0 : 1;
      int best = std::min({last[j] + 1, current[j - 1] + 1, last[j - 1] + changed});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
        best = std::min(best, before_last[j - 2] + 1);
      current[j] = static_cast<std::uint8_t>(best);
    }
    before_last = last;
    last = current;
  }
  return last[b.size()];
}

// Whether somebody who wrote `word` may have meant `name`, and how surely: 0 is surest.
std::optional<std::size_t> closeness(std::string_view word, std::string_view name) noexcept {
  if (word == name) return 0;
  if (word.size() > 1 && name.starts_with(word)) return 1;
  if (name.size() > word.size() && name.ends_with(word) && name[name.size() - word.size() - 1] == '-')
    return 1;
  const std::size_t apart = distance(word, name);
  if (apart > std::max<std::size_t>(1, name.size() / 3) || apart >= name.size()) return std::nullopt;
  return apart;
}

constexpr std::string_view built_in[] = {"help", "version"};

}  // namespace

argument_base::argument_base(arguments& owner, std::string_view name, std::string_view help,
                             const argument_options& options, without kind,
                             const detail::argument_operations& operations, void* value) noexcept
    : name_(name), help_(help), options_(options), operations_(operations), value_(value), without_(kind) {
  require(owner.find(name) == nullptr && std::ranges::find(built_in, name) == std::end(built_in),
          "two boot arguments have one name");
  (owner.first_ == nullptr ? owner.first_ : owner.last_->next_) = this;
  owner.last_ = this;
}

argument_base* arguments::find(std::string_view wanted) const noexcept {
  for (argument_base* a = first_; a != nullptr; a = a->next_)
    if (a->name_ == wanted) return a;
  return nullptr;
}

std::optional<int> arguments::parse(std::span<const std::string_view> words) noexcept {
  for (std::string_view word : words) {
    if (word == "--help") {
      print_help();
      return status_help;
    }
    if (word == "--version") {
      const auto text =
          format_text<200>("{}{}{}\n", about_.name, about_.version.empty() ? "" : " ", about_.version);
      os::console(text);
      return status_help;
    }
  }
  std::array<char, 512> space;
  text_writer why(std::span(space).first(space.size() - 1));
  format_to(why, "{}: ", about_.name);
  const auto refused = [&] {
    const std::size_t length = why.text().size();
    space[length] = '\n';
    os::console(std::string_view(space.data(), length + 1));
    return status_bad_argument;
  };
  while (!words.empty())
    if (!read(words, why)) return refused();
  for (const argument_base* a = first_; a != nullptr; a = a->next_) {
    if (a->given_ || a->without_ != argument_base::without::required) continue;
    format_to(why, "--{} is missing; it must be {}", a->name_, a->operations_.words.expected);
    return refused();
  }
  if (logs.given()) os::here->log = *logs;
  os::here->name = *name;
  return std::nullopt;
}

// Takes one argument off `words`, with its value if that is a word of its own.
bool arguments::read(std::span<const std::string_view>& words, text_writer& why) noexcept {
  const std::string_view word = words.front();
  words = words.subspan(1);
  std::string_view given_name;
  std::optional<std::string_view> value;
  if (word.starts_with("--")) {
    const std::size_t equals = word.find('=');
    given_name = word.substr(2, equals == std::string_view::npos ? equals : equals - 2);
    if (equals != std::string_view::npos) value = word.substr(equals + 1);
  } else if (word.starts_with("-l")) {
    given_name = "logs";
    if (word.size() > 2) value = word.substr(word[2] == '=' ? 3 : 2);
  } else {
    return refuse_unknown(word, why);
  }
  argument_base* argument = find(given_name);
  if (argument == nullptr) return refuse_unknown(word, why);
  if (argument->operations_.is_flag) return set(*argument, value.value_or("true"), why);
  if (!value && !words.empty() && !words.front().starts_with("--")) {
    value = words.front();
    words = words.subspan(1);
  }
  if (value) return set(*argument, *value, why);
  format_to(why, "--{} needs a value", argument->name_);
  if (!argument->operations_.words.expected.empty())
    format_to(why, ": {}", argument->operations_.words.expected);
  return false;
}

bool arguments::set(argument_base& argument, std::string_view value, text_writer& why) noexcept {
  if (argument.given_) {
    format_to(why, "--{} is given twice", argument.name_);
    return false;
  }
  argument.given_ = true;
  std::array<char, 420> space;
  text_writer reason(space);
  const detail::argument_operations& operations = argument.operations_;
  if (operations.parse(argument.value_, value, reason)) return true;
  if (reason.total() != 0) {
    format_to(why, "--{}: {}", argument.name_, reason.text());
    return false;
  }
  if (operations.words.expected.empty()) {
    format_to(why, "--{} does not take ", argument.name_);
  } else {
    format_to(why, "--{} must be {}{}, not ", argument.name_, operations.words.expected,
              operations.is_list ? " (or several with commas between)" : "");
  }
  append_quoted(why, value);
  return false;
}

bool arguments::refuse_unknown(std::string_view word, text_writer& why) const noexcept {
  const bool dashes = word.starts_with('-');
  why.append(dashes ? "unknown argument " : "unexpected word ");
  append_quoted(why, word);
  std::string_view bare = word.substr(std::min(word.find_first_not_of('-'), word.size()));
  bare = bare.substr(0, bare.find('='));
  std::string_view best;
  std::size_t least = 1000;
  const auto consider = [&](std::string_view candidate) {
    const auto how_close = closeness(bare, candidate);
    if (!how_close || *how_close >= least) return;
    least = *how_close;
    best = candidate;
  };
  if (!bare.empty()) {
    for (const argument_base* a = first_; a != nullptr; a = a->next_) consider(a->name_);
    for (std::string_view candidate : built_in) consider(candidate);
  }
  // A lone word that follows a flag was most likely meant for it.
  const argument_base* flag = nullptr;
  if (word == "true" || word == "false")
    for (const argument_base* a = first_; a != nullptr; a = a->next_)
      if (a->given_ && a->operations_.is_flag) flag = a;
  if (flag != nullptr) {
    format_to(why, "; write --{}={}", flag->name_, word);
  } else if (!best.empty()) {
    format_to(why, "; did you mean --{}?", best);
  } else {
    why.append("; --help lists all arguments");
  }
  return false;
}

}  // namespace mirage
