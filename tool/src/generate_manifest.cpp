// SPDX-License-Identifier: ISC
// mirage/manifest.json: what an orchestrator or a launcher must know about the image.
#include <nlohmann/json.hpp>

#include "generate.hpp"
#include "project.hpp"

namespace mirage::tool {
namespace {

using json = nlohmann::ordered_json;

json device_of(const graph_device& device) {
  json inputs = json::array();
  for (const auto& input : device.inputs) inputs.push_back(input.given);
  json made{{"id", device.id},
            {"module", device.module},
            {"type", device.type},
            {"needs", inputs},
            {"arguments", device.arguments}};
  if (!device.attach.empty()) made["attach"] = device.attach;
  return made;
}

json unikernel_of(const graph_unikernel& unikernel) {
  json inputs = json::array();
  for (const auto& input : unikernel.inputs) inputs.push_back(input.given);
  return {{"function", unikernel.name},
          {"header", unikernel.header},
          {"needs", inputs},
          {"arguments", unikernel.arguments}};
}

}  // namespace

std::string manifest(const plan& what) {
  json root;
  root["generated"] = generated_words(what.config);
  root["format"] = "mirage manifest 1";
  root["name"] = what.name;
  root["target"] = what.where.name;
  root["image"] = what.image_path();
  root["mirage"] = what.version;
  root["keys"] = json::object();
  for (const auto& key : what.image.keys) root["keys"][key.name] = key.value;
  root["devices"] = json::array();
  for (const auto& device : what.image.devices) root["devices"].push_back(device_of(device));
  root["unikernels"] = json::array();
  for (const auto& unikernel : what.image.unikernels) root["unikernels"].push_back(unikernel_of(unikernel));
  root["arguments"] = json::array();
  for (const auto& argument : what.image.arguments) {
    root["arguments"].push_back({{"name", argument.name},
                                 {"type", argument.type},
                                 {"default", argument.shown},
                                 {"doc", argument.doc}});
  }
  root["packages"] = json::array();
  for (const auto& one : what.packages)
    root["packages"].push_back({{"name", one.name}, {"version", one.version}});
  // The first line says that the file is generated; JSON has no comments.
  return "{ " + root.dump(2).substr(4) + "\n";
}

}  // namespace mirage::tool
