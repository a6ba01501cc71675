// SPDX-License-Identifier: ISC
#include "mirage/config/configure.hpp"

#include <cstdio>
#include <span>

#include "graph.hpp"
#include "mirage/config/unikernel.hpp"
#include "resolve.hpp"
#include "settings.hpp"

namespace mirage::config {
namespace {

outcome<graph> evaluate(std::span<const std::string> command_line, const std::string& name,
                        std::span<const needs<job>> run) {
  if (name.empty() || name.find_first_not_of(
                          "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != name.npos) {
    return std::unexpected(
        refusal{"an image cannot be called `" + name + "`; take letters, digits, `-` and `_`"});
  }
  std::vector<node_pointer> roots;
  for (const auto& one : run) roots.push_back(one.given().itself());
  alternatives_of alternatives;
  auto keys = settings::survey(roots, alternatives);
  if (!keys) return std::unexpected(keys.error());
  if (auto ok = keys->read(command_line); !ok) return std::unexpected(ok.error());
  if (keys->value(target_key()).empty()) {
    return std::unexpected(refusal{"no target is given; run this through `mirage configure`"});
  }
  return resolve(name, run, std::move(*keys), alternatives);
}

}  // namespace

int configure(int argc, char** argv, const std::string& name, std::vector<needs<job>> run) {
  const std::vector<std::string> command_line(argv + (argc > 0 ? 1 : 0), argv + argc);
  const auto image = evaluate(command_line, name, run);
  if (!image) {
    std::fprintf(stderr, "%s\n", image.error().sentence.c_str());
    return 1;
  }
  const std::string json = to_json(*image);
  std::fwrite(json.data(), 1, json.size(), stdout);
  return std::fflush(stdout) == 0 ? 0 : 1;
}

int configure(int argc, char** argv, const std::string& name, needs<job> runs) {
  return configure(argc, argv, name, std::vector{std::move(runs)});
}

descriptor detail::describe_unikernel(std::string name, std::string header,
                                      const std::vector<extra>& extras) {
  descriptor what{.name = std::move(name), .type = {}, .header = std::move(header)};
  for (const auto& [value] : extras) {
    if (const auto* argument = std::get_if<argument_info>(&value)) {
      what.arguments.push_back(*argument);
    } else if (const auto* needed = std::get_if<package>(&value)) {
      what.packages.push_back(*needed);
    } else if (std::holds_alternative<exceptions_wish>(value)) {
      what.exceptions = true;
    } else {
      what.libraries.push_back(std::get<local_library>(value));
    }
  }
  return what;
}

device<job> noop(std::source_location where) {
  return device<job>{std::make_shared<const node>(node{.module = std::string{job::name}, .where = where})};
}

}  // namespace mirage::config
