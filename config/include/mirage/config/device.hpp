// SPDX-License-Identifier: ISC
// Devices and wires. A device is a node of a graph, typed by what it offers; handing it to something that
// needs another type does not compile, and the compiler's message names both (the tool makes one sentence of
// it).
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <utility>
#include <vector>

#include "mirage/config/descriptor.hpp"
#include "mirage/config/module_types.hpp"

namespace mirage::config {

struct node;

/// Sharing is identity: a device handed to two users is one object in the image.
using node_pointer = std::shared_ptr<const node>;

/// One dependency of a device or a unikernel.
struct wire {
  node_pointer from;
  std::string wanted;     // the module type's name
  std::string satisfies;  // the concept that the device must satisfy; empty for none
  std::source_location where;
};

/// A value that a key may have.
struct condition {
  key_info key;
  std::string value;
};

/// One of the devices that a choice may come down to.
struct alternative {
  std::string value;  // the key's value that picks it
  node_pointer device;
  std::vector<std::string> targets;       // empty: every target
  int rank = 0;                           // the highest is taken where the key has no value ...
  std::optional<condition> unasked = {};  // ... of those whose condition holds
};

/// Which device it is depends on a key. The alternatives are asked for late, when every package has made its
/// offers (generic.hpp).
struct choice {
  key_info by;
  std::function<std::vector<alternative>()> alternatives;
  node_pointer otherwise = {};  // when no alternative has the value; null: that is an error
};

struct node {
  std::string module;    // the module type's name; "job" for a unikernel
  descriptor what = {};  // an implementation, or a unikernel
  std::vector<wire> inputs = {};
  std::optional<choice> pick = {};  // a choice: `what` and `inputs` mean nothing
  std::source_location where = std::source_location::current();
  std::string refusal = {};  // why it cannot be made, as a sentence; empty: it can
};

/// A device that offers the module type T. Copies are the same device.
template <module_type T>
class device {
 public:
  explicit device(node_pointer itself) : node_(std::move(itself)) {}
  const node_pointer& itself() const { return node_; }

 private:
  node_pointer node_;
};

/// One argument of a wiring. It converts from the right device only and keeps the line where that happened;
/// the wrong device meets a deleted function whose signature names both types.
template <module_type Wanted>
class needs {
 public:
  needs(device<Wanted> given, std::source_location where = std::source_location::current())
      : device_(std::move(given)), where_(where) {}
  template <module_type Given>
  needs(device<Given>, std::source_location = std::source_location::current()) = delete;

  const device<Wanted>& given() const { return device_; }
  wire as_wire() const { return {device_.itself(), std::string{Wanted::name}, concept_of<Wanted>(), where_}; }

 private:
  device<Wanted> device_;
  std::source_location where_;
};

/// A kind of device that needs In... and gives Out: calling it wires one. Each call makes a device of its
/// own.
template <module_type Out, module_type... In>
class implementation {
 public:
  explicit implementation(descriptor text, std::source_location where = std::source_location::current())
      : what_(std::move(text)), where_(where) {}

  device<Out> operator()(const needs<In>&... inputs) const {
    return device<Out>{std::make_shared<const node>(node{
        .module = std::string{Out::name}, .what = what_, .inputs = {inputs.as_wire()...}, .where = where_})};
  }

 private:
  descriptor what_;
  std::source_location where_;
};

/// The same with as many inputs as there are: `needs<T>(x).as_wire()` is one. What an implementation cannot
/// say with its types is refused here, by a sentence in `refusal`.
template <module_type Out>
device<Out> wired(descriptor what, std::vector<wire> inputs, std::source_location where,
                  std::string refusal = {}) {
  return device<Out>{std::make_shared<const node>(node{.module = std::string{Out::name},
                                                       .what = std::move(what),
                                                       .inputs = std::move(inputs),
                                                       .where = where,
                                                       .refusal = std::move(refusal)})};
}

}  // namespace mirage::config
