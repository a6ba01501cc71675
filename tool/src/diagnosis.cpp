// SPDX-License-Identifier: ISC
#include "diagnosis.hpp"

#include <fmt/ranges.h>

#include <algorithm>
#include <cctype>
#include <optional>
#include <regex>

#include "files.hpp"
#include "mirage/config/words.hpp"

namespace mirage::tool {
namespace {

unsigned number(const std::string& digits) { return static_cast<unsigned>(std::stoul(digits)); }

bool is_header_of_mirage(std::string_view file) {
  return file.contains("/include/mirage/") || file.starts_with("/usr/");
}

bool is_name(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == ':'; }

// Types as a config.cpp writes them.
std::string plain(std::string text) {
  for (const std::string_view noise : {"mirage::config::", "std::__cxx11::", "const "}) {
    for (auto at = text.find(noise); at != text.npos; at = text.find(noise)) text.erase(at, noise.size());
  }
  return text;
}

// What was found and its groups, which outlive the text.
std::optional<std::vector<std::string>> match(const std::string& text, const char* pattern) {
  std::smatch found;
  if (!std::regex_search(text, found, std::regex(pattern))) return {};
  return std::vector<std::string>(found.begin(), found.end());
}

// The module types in "implementation<job, kv_ro, http_server>", without what it gives.
std::vector<std::string> needs_of(const std::string& type) {
  std::vector<std::string> names;
  const auto found = match(plain(type), R"(implementation<\s*\w+\s*,?\s*([^>]*)>)");
  if (!found) return names;
  std::string rest = (*found)[1];
  while (!rest.empty()) {
    const auto comma = std::min(rest.find(','), rest.size());
    names.emplace_back(trimmed(rest.substr(0, comma)));
    rest.erase(0, comma + 1);
  }
  return names;
}

std::string counted(std::size_t count, std::string_view what) {
  return count == 0 ? fmt::format("no {}s", what)
                    : fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

// `device<block>` where a `needs<kv_ro>` stands.
std::optional<std::string> wrong_module(const compiler_error& error, const std::string& callee) {
  static const auto* const deleted =
      R"(conversion function from '(?:const )?device<([^>]+)>' to 'needs<([^>]+)>' invokes a deleted function)";
  const auto found = match(plain(error.message), deleted);
  if (!found) return {};
  const std::string given = (*found)[1];
  const std::string wanted = (*found)[2];
  if (wanted == "job") {
    return fmt::format("{} needs a unikernel with its devices here, given {}", callee,
                       config::with_article(given));
  }
  return fmt::format("{} needs {} here, given {}", callee, config::with_article(wanted),
                     config::with_article(given));
}

// "single argument 's'", "at least argument 'interface'", "2 arguments", as clang says it.
std::string needed_arguments(const std::string& words) {
  if (words.starts_with("single argument")) return "1 argument";
  if (words.starts_with("at least argument")) return "at least 1 argument";
  return words;
}

// Too many or too few, or something that is no device at all.
std::optional<std::string> wrong_arguments(const compiler_error& error, const std::string& callee) {
  if (!error.message.starts_with("no matching function for call to")) return {};
  const auto wanted = needs_of(error.message);
  for (const auto& note : error.notes) {
    const std::string text = plain(note.message);
    if (const auto count =
            match(text, R"(requires (.*), but (no|\d+)(?: arguments?)? (?:was|were) provided)")) {
      const std::string number = (*count)[2];
      const std::string given = number == "no" || number == "0" ? "none" : number;
      if (!error.message.contains("implementation<")) {
        return fmt::format("{} needs {}, given {}", callee, needed_arguments((*count)[1]), given);
      }
      return fmt::format("{} needs {}{}, given {}", callee, counted(wanted.size(), "device"),
                         wanted.empty() ? "" : fmt::format(" ({})", fmt::join(wanted, ", ")), given);
    }
    if (const auto other =
            match(text, R"(no known conversion from '(.+?)'(?: \(aka '.*'\))? to 'needs<([^>]+)>')")) {
      const std::string given = (*other)[1];
      const std::string module = (*other)[2];
      if (module == "job" && given.starts_with("implementation<")) {
        return fmt::format("{} is given a unikernel without its devices; call it: NAME({})", callee,
                           fmt::join(needs_of(given), ", "));
      }
      return fmt::format("{} needs {} here, given a `{}`", callee, config::with_article(module), given);
    }
  }
  return {};
}

std::size_t offset_of(std::string_view source, unsigned line, unsigned column) {
  std::size_t at = 0;
  for (unsigned i = 1; i < line && at < source.size(); ++i)
    at = std::min(source.find('\n', at), source.size() - 1) + 1;
  return std::min(at + (column > 0 ? column - 1 : 0), source.size());
}

// Before the `<...>` that ends at `end`, if one does.
std::size_t before_template_arguments(std::string_view source, std::size_t end) {
  if (end == 0 || source[end - 1] != '>') return end;
  int depth = 0;
  for (std::size_t at = end; at > 0; --at) {
    if (source[at - 1] == '>') ++depth;
    if (source[at - 1] == '<' && --depth == 0) return at - 1;
  }
  return end;
}

std::string sentence_of(const compiler_error& error, std::string_view source) {
  if (auto sentence = wrong_module(error, call_around(source, error.line, error.column))) return *sentence;
  if (auto sentence = wrong_arguments(error, name_at(source, error.line, error.column))) return *sentence;
  return plain(error.message);
}

// The place in the project's own files: where the error is, or whence the header was used.
void move_to_project(compiler_error& error) {
  if (!is_header_of_mirage(error.file)) return;
  for (const auto& note : error.notes) {
    if (is_header_of_mirage(note.file)) continue;
    error.file = note.file;
    error.line = note.line;
    return;
  }
}

std::vector<std::string*> files_of(compiler_error& error) {
  std::vector<std::string*> files{&error.file};
  for (auto& note : error.notes) files.push_back(&note.file);
  return files;
}

// The text of CMake's message(FATAL_ERROR) behind line `at`, which CMake indents and breaks into lines.
std::string message_behind(const std::vector<std::string>& lines, std::size_t at) {
  std::string text;
  for (++at; at < lines.size() && lines[at].starts_with("  "); ++at)
    text += fmt::format("{}{}", text.empty() ? "" : " ", trimmed(lines[at]));
  return text;
}

// What the linker, CMake or a generator beside the tool (mirage-crunch) says.
std::string sentence_without_place(std::string_view output) {
  const auto lines = lines_of(output);
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::string& line = lines[at];
    if (const auto said = match(line, "^mirage-[a-z]+: (.*)")) return (*said)[1];
    if (line.starts_with("CMake Error")) {
      const std::string message = message_behind(lines, at);
      return message.empty() ? line : message;
    }
    if (const auto symbol = match(line, "undefined symbol: (.*)")) {
      return fmt::format(
          "nothing defines `{}`; define it in the project, or name its folder with local_library",
          (*symbol)[1]);
    }
    if (line.contains("error:")) return line;
  }
  return "the build failed; -v shows all of it";
}

// What the generated call of a unikernel's function says about that function.
std::optional<std::string> wrong_call(const compiler_error& error, const graph_unikernel& unikernel) {
  if (error.file != "mirage/main.cpp") return {};
  std::vector<std::string> given;
  for (const auto& input : unikernel.inputs) given.push_back(input.wants);
  given.insert(given.end(), unikernel.arguments.begin(), unikernel.arguments.end());
  const auto sentence = [&](const std::string& why) {
    return fmt::format("{}: {} of {} cannot be called with ({}): {}", unikernel.at, unikernel.name,
                       unikernel.header, fmt::join(given, ", "), plain(why));
  };
  const std::string last = unikernel.name.substr(unikernel.name.rfind(':') + 1);
  if (error.message.contains("'" + last + "'")) {
    if (error.message.starts_with("no member named") || error.message.starts_with("use of undeclared")) {
      return fmt::format(
          "{}: there is no function {} in {}; define `mirage::task<> {}(...)` there, or correct the name",
          unikernel.at, unikernel.name, unikernel.header, last);
    }
    if (error.message.starts_with("no matching function")) {
      return sentence(error.notes.empty() ? error.message : error.notes.front().message);
    }
  }
  for (const auto& note : error.notes) {
    if (note.file == unikernel.header && note.message.starts_with("passing argument"))
      return sentence(error.message);
  }
  return {};
}

}  // namespace

std::string name_at(std::string_view source, unsigned line, unsigned column) {
  const std::size_t begin = offset_of(source, line, column);
  std::size_t end = begin;
  while (end < source.size() && is_name(source[end])) ++end;
  return std::string{source.substr(begin, end - begin)};
}

std::string call_around(std::string_view source, unsigned line, unsigned column) {
  int depth = 0;
  for (std::size_t at = offset_of(source, line, column); at > 0; --at) {
    const char c = source[at - 1];
    if (c == ';') return {};
    if (c == '"') {
      at = source.rfind('"', at - 2) + 1;
      if (at == 0) return {};
    } else if (c == ')' || c == '}') {
      ++depth;
    } else if (c == '{') {
      --depth;
    } else if (c == '(' && depth-- <= 0) {
      const std::size_t end = before_template_arguments(source, at - 1);
      std::size_t begin = end;
      while (begin > 0 && is_name(source[begin - 1])) --begin;
      return std::string{source.substr(begin, end - begin)};
    }
  }
  return {};
}

compiler_error first_error(std::string_view output) {
  static const std::regex place(R"(^([^:\s][^:]*):(\d+):(\d+): (fatal error|error|note): (.*)$)");
  compiler_error found;
  for (const auto& line : lines_of(output)) {
    std::smatch parts;
    if (!std::regex_match(line, parts, place)) continue;
    const bool note = parts[4] == "note";
    if (!note && !found.message.empty()) break;
    if (!note) {
      found.file = parts[1];
      found.line = number(parts[2]);
      found.column = number(parts[3]);
      found.message = parts[5];
    } else if (!found.message.empty()) {
      found.notes.push_back({parts[1], number(parts[2]), parts[5]});
    }
  }
  return found;
}

tool_error diagnose_config(std::string_view output, std::string_view source, const std::string& config) {
  compiler_error error = first_error(output);
  std::string details{trimmed(output)};
  if (error.message.empty()) {
    if (output.contains("undefined symbol: main") || output.contains("undefined reference to `main'")) {
      return {fmt::format("{} has no function main; end it with `int main(int argc, char** argv) {{ return "
                          "configure(argc, argv, ...); }}`",
                          config),
              details};
    }
    return {fmt::format("{} does not link: {}", config, lines_of(trimmed(output)).front()), details};
  }
  const bool in_config = error.file == config;
  std::string sentence = sentence_of(error, in_config ? source : std::string_view{});
  move_to_project(error);
  return {fmt::format("{}:{}: {}", error.file, error.line, sentence), details};
}

tool_error diagnose_build(std::string_view output, const graph& image, const std::string& project) {
  compiler_error error = first_error(output);
  std::string details{trimmed(output)};
  if (error.message.empty()) return {sentence_without_place(output), details};
  for (std::string* file : files_of(error)) {
    if (file->starts_with(project + "/")) file->erase(0, project.size() + 1);
  }
  for (const auto& unikernel : image.unikernels) {
    if (auto sentence = wrong_call(error, unikernel)) return {*sentence, details};
  }
  // Ours say their place themselves: "static assertion failed: config.cpp:7: website needs a kv_ro; ..."
  constexpr std::string_view assertion = "static assertion failed: config.cpp:";
  if (const auto at = error.message.find(assertion); at == 0) {
    return {error.message.substr(assertion.find("config.cpp")), details};
  }
  move_to_project(error);
  return {fmt::format("{}:{}: {}", error.file, error.line, plain(error.message)), details};
}

}  // namespace mirage::tool
