// SPDX-License-Identifier: ISC
// `mirage describe`: the device graph, as a tree to read or as a picture.
#include <fmt/ranges.h>

#include <algorithm>
#include <set>

#include "files.hpp"
#include "process.hpp"
#include "verbs.hpp"

namespace mirage::tool {
namespace {

class tree {
 public:
  explicit tree(const graph& image) : image_(image) {}

  std::string text(const std::vector<graph_unikernel>& unikernels) {
    for (const auto& unikernel : unikernels) {
      out_ += fmt::format("{} ({})\n", unikernel.name, unikernel.header);
      below(unikernel.inputs, "");
    }
    return out_;
  }

 private:
  void below(const std::vector<graph_wire>& inputs, const std::string& indent) {
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      const bool last = i + 1 == inputs.size();
      const graph_device& device = image_.device(inputs[i].given);
      out_ += fmt::format("{}{} {}: {}", indent, last ? "└─" : "├─", inputs[i].wants, device.object);
      // A shared device is shown whole once.
      if (!shown_.insert(device.id).second) {
        out_ += " (as above)\n";
        continue;
      }
      out_ += fmt::format("  {}\n", device.type);
      below(device.inputs, indent + (last ? "   " : "│  "));
    }
  }

  const graph& image_;
  std::set<std::string> shown_;
  std::string out_;
};

std::string as_text(const plan& what) {
  std::string text = fmt::format("{} for the target {}\n\n", what.name, what.where.name);
  text += tree{what.image}.text(what.image.unikernels);
  std::string keys;
  for (const auto& key : what.image.keys) keys += fmt::format(" --{}={}", key.name, key.value);
  text += (what.image.unikernels.empty() ? "keys:" : "\nkeys:") + keys + "\n";
  if (!what.image.arguments.empty()) {
    text += "boot arguments:";
    for (const auto& argument : what.image.arguments) {
      text += fmt::format(" --{}{}{}", argument.name, argument.shown.empty() ? "" : "=", argument.shown);
    }
    text += "\n";
  }
  std::vector<std::string> packages;
  for (const auto& one : what.packages) packages.push_back(fmt::format("{} {}", one.name, one.version));
  return text + fmt::format("packages: {}\n", fmt::join(packages, ", "));
}

std::string dot_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c == '\n' ? "\\n" : std::string{c};
  }
  return out + '"';
}

// Graphviz: what uses something stands above it.
std::string as_dot(const plan& what) {
  std::string text = fmt::format(
      "digraph {} {{\n  node [shape=box, style=rounded, fontname=\"sans-serif\"];\n"
      "  edge [fontname=\"sans-serif\", fontsize=12];\n",
      dot_text(what.name));
  const auto edges = [&](const std::string& from, const std::vector<graph_wire>& inputs) {
    for (const auto& input : inputs) {
      text += fmt::format("  {} -> {} [label={}];\n", dot_text(from), dot_text(input.given),
                          dot_text(input.wants));
    }
  };
  for (const auto& unikernel : what.image.unikernels) {
    text += fmt::format("  {} [label={}, style=\"rounded,bold\"];\n", dot_text(unikernel.name),
                        dot_text(fmt::format("{}\n{}", unikernel.name, unikernel.header)));
    edges(unikernel.name, unikernel.inputs);
  }
  for (const auto& device : what.image.devices) {
    text += fmt::format("  {} [label={}];\n", dot_text(device.id),
                        dot_text(fmt::format("{}\n{}", device.object, device.type)));
    edges(device.id, device.inputs);
  }
  return text + "}\n";
}

outcome<std::string> as_svg(const plan& what) {
  MIRAGE_TRY(const fs::path cache, cache_folder());
  const std::string dot = as_dot(what);
  const fs::path source = cache / fmt::format("describe-{}.dot", digest(dot).substr(0, 16));
  MIRAGE_TRY_VOID(write_file(source, dot));
  const auto drawn = run({.words = {"dot", "-Tsvg", source.string()}});
  std::error_code error;
  fs::remove(source, error);
  if (!drawn) return refuse("--svg needs Graphviz; run `apt-get install graphviz`, or use --dot");
  if (drawn->status != 0) return refuse("dot failed: {}", trimmed(drawn->errors));
  return drawn->output;
}

}  // namespace

outcome<int> describe(const session& with, const describe_options& options) {
  MIRAGE_TRY(const plan what, look_at(with, options));
  std::string text = options.as == describe_options::form::dot ? as_dot(what) : as_text(what);
  if (options.as == describe_options::form::svg) {
    MIRAGE_TRY(text, as_svg(what));
  }
  if (options.file.empty()) {
    fmt::print("{}", text);
    return exit_status::ok;
  }
  MIRAGE_TRY_VOID(write_file(options.file, text));
  with.screen.note("Wrote " + options.file);
  return exit_status::ok;
}

}  // namespace mirage::tool
