// SPDX-License-Identifier: ISC
// The device graph after every choice is settled: what `configure` prints and the tool generates code from.
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "mirage/config/device.hpp"

namespace mirage::config {

/// What went wrong, as one sentence for a person.
struct refusal {
  std::string sentence;
};

template <class T>
using outcome = std::expected<T, refusal>;

/// A key with its value, and the values it could have (empty: anything of its type).
struct settled_key {
  key_info key;
  std::string value;
  std::vector<std::string> values;
};

struct settled_argument {
  argument_info argument;
  std::string heading;  // where --help shows it: the device's base name; empty for a unikernel's own
};

struct settled_wire {
  std::string user;       // "http": what the device is given to
  std::string wanted;     // "stack"
  std::string satisfies;  // "mirage::v1::stack"; empty: nothing to check
  std::size_t given;      // index of the device
  std::string at;         // "config.cpp:7"; empty where no line of the project caused it
};

struct settled_device {
  std::string type_name;  // "http_0"
  std::string object;     // "http"
  std::string module;     // "http_server"
  descriptor what;        // with every placeholder filled in
  std::vector<settled_wire> inputs;
};

struct settled_unikernel {
  descriptor what;  // `name` is the function, `construct` what it is called with
  std::vector<settled_wire> inputs;
  std::string at;
};

struct graph {
  std::string name;
  std::string target;
  std::vector<settled_key> keys;            // by name
  std::vector<settled_argument> arguments;  // in the order in which devices and unikernels name them
  std::vector<settled_device> devices;      // each after what it depends on
  std::vector<settled_unikernel> unikernels;
};

/// "config.cpp:7", or nothing for a line of a package's header.
std::string shown(const std::source_location& where);

std::string to_json(const graph& settled);

}  // namespace mirage::config
