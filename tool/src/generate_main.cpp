// SPDX-License-Identifier: ISC
// mirage/main.cpp: written to be read, also in a debugger and in the compiler's messages.
#include <algorithm>
#include <set>

#include "generate.hpp"
#include "mirage/config/words.hpp"
#include "project.hpp"

namespace mirage::tool {
namespace {

// "http_server" for mirage::http_server<stack_0>: how a class names its own constructor.
std::string class_name(const std::string& type) {
  const std::string plain = type.substr(0, type.find('<'));
  const auto colons = plain.rfind("::");
  return colons == plain.npos ? plain : plain.substr(colons + 2);
}

std::string include(const std::string& header) {
  return header.starts_with("mirage/") ? fmt::format("#include <{}>\n", header)
                                       : fmt::format("#include \"{}\"\n", header);
}

// The system's headers first, then those of the devices in the order of the devices, then the project's own.
std::string includes(const graph& image) {
  std::string text = include("mirage/core/unikernel.hpp") + include("mirage/v1.hpp");
  std::string own;
  std::set<std::string> seen;
  const auto add = [&](const std::string& header) {
    if (header.empty() || !seen.insert(header).second) return;
    (header.starts_with("mirage/") ? text : own) += include(header);
  };
  for (const auto& device : image.devices) add(device.header);
  for (const auto& unikernel : image.unikernels) add(unikernel.header);
  return text + (own.empty() ? "" : "\n" + own);
}

constexpr std::size_t columns = 110;

// "a, b, c" in lines that are not too long, broken behind commas that stand in no text.
std::string wrapped(std::string_view values, std::size_t indent) {
  std::string text;
  std::size_t column = indent;
  bool in_text = false;
  while (!values.empty()) {
    std::size_t end = 0;
    while (end < values.size()) {
      const char c = values[end];
      if (c == '\\' && in_text) ++end;
      if (c == '"') in_text = !in_text;
      ++end;
      if (c == ',' && !in_text && end < values.size() && values[end] == ' ') break;
    }
    end = std::min(end, values.size());
    const auto word = values.substr(0, end);
    if (!text.empty() && column + word.size() > columns - 4) {
      text.back() = '\n';
      text.append(indent, ' ');
      column = indent;
    }
    text += word;
    column += word.size();
    values.remove_prefix(end);
    if (values.starts_with(' ')) {
      text += ' ';
      ++column;
      values.remove_prefix(1);
    }
  }
  return text;
}

// "  BEFORE(VALUES)BEHIND", with the values on lines of their own where it would be too long.
std::string statement(const std::string& before, const std::string& values, const std::string& behind) {
  std::string line = fmt::format("  {}{}{}\n", before, values, behind);
  if (line.size() <= columns + 1) return line;
  return fmt::format("  {}\n      {}{}\n", before, wrapped(values, 6), behind);
}

std::string boot_arguments(const graph& image) {
  std::string text = "struct boot_arguments final : mirage::arguments {\n  using arguments::arguments;\n";
  for (const auto& argument : image.arguments) {
    std::string values =
        fmt::format("*this, {}, {}", config::cpp_literal(argument.name), config::cpp_literal(argument.doc));
    if (!argument.fallback.empty()) values += ", " + argument.fallback;
    if (!argument.heading.empty())
      values += fmt::format(", {{.group = {}}}", config::cpp_literal(argument.heading));
    text +=
        statement(fmt::format("mirage::argument<{}> {}{{", argument.type, argument.variable), values, "};");
  }
  return text + "};\n";
}

std::string types(const graph& image) {
  std::string text;
  for (const auto& device : image.devices) {
    const std::string base = class_name(device.type);
    text += fmt::format("struct {} final : {} {{ using {}::{}; }};\n", device.id, device.type, base, base);
  }
  return text;
}

std::string sentence(const std::string& user, const graph_wire& wire, const graph_device& given) {
  return fmt::format("{}{}{} needs {}; {} is none", wire.at, wire.at.empty() ? "" : ": ", user,
                     config::with_article(wire.wants), given.type);
}

// One for each wire, but each device once for each concept.
std::string checks(const graph& image) {
  std::string text;
  std::set<std::string> seen;
  const auto add = [&](const auto& users) {
    for (const auto& user : users) {
      for (const auto& wire : user.inputs) {
        if (wire.satisfies.empty()) continue;
        const std::string concept_of = fmt::format("{}<{}>", wire.satisfies, wire.given);
        if (!seen.insert(concept_of).second) continue;
        text += fmt::format("static_assert({}, {});\n", concept_of,
                            config::cpp_literal(sentence(user.name, wire, image.device(wire.given))));
      }
    }
  };
  add(image.devices);
  add(image.unikernels);
  return text;
}

std::string linked_packages(const std::vector<package>& packages) {
  std::string text = "constexpr mirage::linked_package packages[] = {\n";
  for (const auto& one : packages) {
    text += fmt::format("    {{{}, {}}},\n", config::cpp_literal(one.name), config::cpp_literal(one.version));
  }
  return text + "};\n";
}

std::string construction(const graph& image) {
  std::string text = image.devices.empty() ? "" : "  mirage::device_list devices;\n\n";
  for (const auto& device : image.devices) {
    text += statement(fmt::format("auto& {} = devices.make([&] {{ return {}{{", device.object, device.id),
                      device.construct, "}; });");
    text +=
        fmt::format("  if (!co_await devices.start(\"{0}\", {0})) co_return co_await devices.give_up();\n\n",
                    device.object);
  }
  return text;
}

std::string calls(const graph& image) {
  if (image.unikernels.empty()) return "";
  std::string text;
  for (const auto& unikernel : image.unikernels) {
    text += fmt::format("{}::{}({})", text.empty() ? "" : ", ", unikernel.name, unikernel.call);
  }
  if (image.unikernels.size() == 1) return statement("co_await mirage::until_shutdown(", text, ");");
  return statement("co_await mirage::until_shutdown(together(", text, "));");
}

std::string destruction(const graph& image) {
  const std::string_view stop = image.devices.empty() ? "" : "\n  co_await devices.stop();\n";
  return fmt::format("{}  co_return mirage::exit_status::ok;\n", stop);
}

constexpr std::string_view together = R"(
template <class... Jobs>
mirage::task<> together(Jobs... jobs) {
  co_await mirage::when_all(std::move(jobs)...);
}
)";

}  // namespace

std::string main_cpp(const plan& what) {
  const graph& image = what.image;
  std::string text = fmt::format("// {}\n// {} for the target {}.\n", generated_words(what.config), what.name,
                                 what.where.name);
  text += includes(image) + "\nnamespace {\n\n" + boot_arguments(image);
  if (!image.devices.empty()) text += "\n" + types(image);
  if (const std::string asserts = checks(image); !asserts.empty()) text += "\n" + asserts;
  if (image.unikernels.size() > 1) text += together;
  text += "\n" + linked_packages(what.packages) + "\n}  // namespace\n\n";
  text += fmt::format("constinit const mirage::image_info mirage::image{{{}, {}, packages}};\n\n",
                      config::cpp_literal(what.name), config::cpp_literal(what.where.name));
  text +=
      "mirage::task<int> mirage::run(std::span<const std::string_view> command_line) {\n"
      "  boot_arguments arguments{{.name = image.name}};\n"
      "  if (const auto status = arguments.parse(command_line)) co_return *status;\n"
      "  co_await mirage::sleep_for(arguments.start_delay());\n\n";
  return text + construction(image) + calls(image) + destruction(image) + "}\n";
}

}  // namespace mirage::tool
