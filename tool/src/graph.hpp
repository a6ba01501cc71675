// SPDX-License-Identifier: ISC
// The device graph that a config.cpp prints; the format is described in config/README.md.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "error.hpp"
#include "package.hpp"

namespace mirage::tool {

struct graph_key {
  std::string name;
  std::string doc;
  std::string type;  // "flag", "number" or "word"
  std::string fallback;
  std::string value;
  std::vector<std::string> values;  // that it may have; empty: anything of its type
};

struct graph_argument {
  std::string name;
  std::string doc;
  std::string type;
  std::string fallback;  // a C++ expression
  std::string shown;     // the same for people
  std::string variable;
  std::string heading;  // where --help shows it
};

struct graph_wire {
  std::string given;      // the id of a device
  std::string wants;      // "stack"
  std::string satisfies;  // "mirage::v1::stack"
  std::string at;         // "config.cpp:7"
};

/// What devices and unikernels have in common.
struct graph_user {
  std::string name;  // of a unikernel: the function
  std::string header;
  std::vector<graph_wire> inputs;
  std::vector<std::string> arguments;
  std::vector<wish> packages;
  std::vector<std::string> libraries;
  std::vector<std::string> cmake;
  bool exceptions = false;  // it throws C++ exceptions
};

struct graph_device : graph_user {
  std::string id;      // "http_0", the type in main.cpp
  std::string object;  // "http"
  std::string module;  // "http_server"
  std::string type;
  std::string construct;
  std::string attach;  // "block disk.img"; empty: nothing
};

struct graph_unikernel : graph_user {
  std::string call;  // "files, http, *arguments.port"
  std::string at;
};

struct graph {
  std::string name;
  std::string target;
  std::vector<graph_key> keys;
  std::vector<graph_argument> arguments;
  std::vector<graph_device> devices;  // each after what it depends on
  std::vector<graph_unikernel> unikernels;

  const graph_device& device(const std::string& id) const;
};

outcome<graph> parse_graph(std::string_view json);

/// Whether a device or a unikernel throws C++ exceptions.
bool wants_exceptions(const graph& image);

/// Every local library of devices and unikernels, each once, in order.
std::vector<std::string> local_libraries(const graph& image);

/// Where config.cpp gives the device to somebody for the first time; empty if no line of it does.
std::string place_of(const graph& image, const graph_device& device);

}  // namespace mirage::tool
