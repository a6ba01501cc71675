// SPDX-License-Identifier: ISC
#include "graph.hpp"

#include "json_writer.hpp"
#include "mirage/config/words.hpp"

namespace mirage::config {
namespace {

void write_key(json_writer& json, const settled_key& key) {
  static constexpr std::string_view types[] = {"flag", "number", "word"};
  json.begin_object();
  json.member("name", key.key.name);
  json.member("doc", key.key.doc);
  json.member("type", types[static_cast<std::size_t>(key.key.type)]);
  json.member("default", key.key.fallback);
  json.member("value", key.value);
  json.member("values", key.values);
  json.end_object();
}

void write_argument(json_writer& json, const settled_argument& settled) {
  const argument_info& argument = settled.argument;
  json.begin_object();
  json.member("name", argument.name);
  json.member("doc", argument.doc);
  json.member("type", argument.type);
  json.member("default", argument.fallback);
  json.member("shown", argument.shown);
  json.member("variable", cpp_name(argument.name));
  json.member("heading", settled.heading);
  json.end_object();
}

void write_inputs(json_writer& json, const graph& image, const std::vector<settled_wire>& inputs) {
  json.member("inputs");
  json.begin_array();
  for (const auto& input : inputs) {
    json.begin_object();
    json.member("given", image.devices[input.given].type_name);
    json.member("wants", input.wanted);
    json.member("concept", input.satisfies);
    json.member("at", input.at);
    json.end_object();
  }
  json.end_array();
}

// What devices and unikernels have in common.
void write_needs(json_writer& json, const descriptor& what) {
  std::vector<std::string> arguments;
  for (const auto& argument : what.arguments) arguments.push_back(argument.name);
  json.member("arguments", arguments);
  json.member("packages");
  json.begin_array();
  for (const auto& package : what.packages) {
    json.begin_object();
    json.member("name", package.name);
    json.member("versions", package.constraint);
    json.end_object();
  }
  json.end_array();
  std::vector<std::string> libraries;
  for (const auto& library : what.libraries) libraries.push_back(library.folder);
  json.member("libraries", libraries);
  json.member("cmake", what.cmake);
  if (what.exceptions) json.member("exceptions", true);
}

void write_device(json_writer& json, const graph& image, const settled_device& device) {
  json.begin_object();
  json.member("id", device.type_name);
  json.member("object", device.object);
  json.member("name", device.what.name);
  json.member("module", device.module);
  json.member("type", device.what.type);
  json.member("header", device.what.header);
  json.member("construct", device.what.construct);
  if (!device.what.attach.empty()) json.member("attach", device.what.attach);
  write_inputs(json, image, device.inputs);
  write_needs(json, device.what);
  json.end_object();
}

void write_unikernel(json_writer& json, const graph& image, const settled_unikernel& unikernel) {
  json.begin_object();
  json.member("function", unikernel.what.name);
  json.member("header", unikernel.what.header);
  json.member("call", unikernel.what.construct);
  json.member("at", unikernel.at);
  write_inputs(json, image, unikernel.inputs);
  write_needs(json, unikernel.what);
  json.end_object();
}

}  // namespace

std::string to_json(const graph& image) {
  json_writer json;
  json.begin_object();
  json.member("format", "mirage graph 1");
  json.member("name", image.name);
  json.member("target", image.target);
  json.member("keys");
  json.begin_array();
  for (const auto& key : image.keys) write_key(json, key);
  json.end_array();
  json.member("arguments");
  json.begin_array();
  for (const auto& argument : image.arguments) write_argument(json, argument);
  json.end_array();
  json.member("devices");
  json.begin_array();
  for (const auto& device : image.devices) write_device(json, image, device);
  json.end_array();
  json.member("unikernels");
  json.begin_array();
  for (const auto& unikernel : image.unikernels) write_unikernel(json, image, unikernel);
  json.end_array();
  json.end_object();
  return json.text() + "\n";
}

}  // namespace mirage::config
