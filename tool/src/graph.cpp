// SPDX-License-Identifier: ISC
#include "graph.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace mirage::tool {
namespace {

using nlohmann::json;

std::string text(const json& from, const char* member) {
  const auto place = from.find(member);
  return place != from.end() && place->is_string() ? place->get<std::string>() : std::string{};
}

std::vector<std::string> texts(const json& from, const char* member) {
  std::vector<std::string> found;
  if (const auto place = from.find(member); place != from.end()) {
    for (const auto& item : *place) {
      if (item.is_string()) found.push_back(item.get<std::string>());
    }
  }
  return found;
}

template <class Read>
auto list(const json& from, const char* member, Read read) {
  std::vector<decltype(read(from))> found;
  if (const auto place = from.find(member); place != from.end()) {
    for (const auto& item : *place) found.push_back(read(item));
  }
  return found;
}

graph_key read_key(const json& from) {
  return {text(from, "name"),    text(from, "doc"),   text(from, "type"),
          text(from, "default"), text(from, "value"), texts(from, "values")};
}

graph_argument read_argument(const json& from) {
  return {text(from, "name"),  text(from, "doc"),      text(from, "type"),   text(from, "default"),
          text(from, "shown"), text(from, "variable"), text(from, "heading")};
}

graph_wire read_wire(const json& from) {
  return {text(from, "given"), text(from, "wants"), text(from, "concept"), text(from, "at")};
}

wish read_wish(const json& from) { return {text(from, "name"), text(from, "versions")}; }

void read_user(const json& from, graph_user& into) {
  into.header = text(from, "header");
  into.inputs = list(from, "inputs", read_wire);
  into.arguments = texts(from, "arguments");
  into.packages = list(from, "packages", read_wish);
  into.libraries = texts(from, "libraries");
  into.cmake = texts(from, "cmake");
  into.exceptions = from.value("exceptions", false);
}

graph_device read_device(const json& from) {
  graph_device device;
  read_user(from, device);
  device.name = text(from, "name");
  device.id = text(from, "id");
  device.object = text(from, "object");
  device.module = text(from, "module");
  device.type = text(from, "type");
  device.construct = text(from, "construct");
  device.attach = text(from, "attach");
  return device;
}

graph_unikernel read_unikernel(const json& from) {
  graph_unikernel unikernel;
  read_user(from, unikernel);
  unikernel.name = text(from, "function");
  unikernel.call = text(from, "call");
  unikernel.at = text(from, "at");
  return unikernel;
}

}  // namespace

const graph_device& graph::device(const std::string& id) const {
  return *std::ranges::find(devices, id, &graph_device::id);
}

outcome<graph> parse_graph(std::string_view from) {
  const json root = json::parse(from, nullptr, false);
  if (!root.is_object() || text(root, "format") != "mirage graph 1") {
    return refuse(
        "config.cpp did not print a device graph; main must end with `return configure(argc, argv, ...);`");
  }
  graph image;
  image.name = text(root, "name");
  image.target = text(root, "target");
  image.keys = list(root, "keys", read_key);
  image.arguments = list(root, "arguments", read_argument);
  image.devices = list(root, "devices", read_device);
  image.unikernels = list(root, "unikernels", read_unikernel);
  return image;
}

bool wants_exceptions(const graph& image) {
  return std::ranges::any_of(image.devices, &graph_user::exceptions) ||
         std::ranges::any_of(image.unikernels, &graph_user::exceptions);
}

std::vector<std::string> local_libraries(const graph& image) {
  std::vector<std::string> found;
  const auto add = [&](const graph_user& user) {
    for (const auto& folder : user.libraries) {
      if (std::ranges::find(found, folder) == found.end()) found.push_back(folder);
    }
  };
  for (const auto& device : image.devices) add(device);
  for (const auto& unikernel : image.unikernels) add(unikernel);
  return found;
}

std::string place_of(const graph& image, const graph_device& device) {
  const auto search = [&](const auto& users) -> std::string {
    for (const auto& user : users) {
      for (const auto& input : user.inputs) {
        if (input.given == device.id && !input.at.empty()) return input.at;
      }
    }
    return {};
  };
  const std::string place = search(image.devices);
  return place.empty() ? search(image.unikernels) : place;
}

}  // namespace mirage::tool
