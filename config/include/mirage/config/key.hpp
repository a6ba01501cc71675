// SPDX-License-Identifier: ISC
// Keys: what `mirage configure --name=value` settles when the image is made, for choices between devices
// (choice.hpp) and for numbers and words in a device's type. What is settled at boot is an argument
// (argument.hpp).
#pragma once

#include <concepts>
#include <cstdint>
#include <string>
#include <type_traits>

namespace mirage::config {

/// A prefix of the names of a device's keys and arguments, so that two devices of one kind can be told apart:
/// group{"management"} makes --net into --management-net and --ipv4 into --management-ipv4.
struct group {
  std::string name = {};

  std::string prefixed(const std::string& base) const { return name.empty() ? base : name + "-" + base; }
};

/// A key without its C++ type.
struct key_info {
  enum class kind : std::uint8_t { flag, number, word };

  std::string name;         // with the group's prefix
  std::string doc;          // one line for help
  kind type = kind::word;   // what a value must look like
  std::string fallback;     // the value when none is given; empty: what suits the target
  std::string placeholder;  // what `$placeholder` in a descriptor stands for: the name without the group

  friend bool operator==(const key_info&, const key_info&) = default;
};

/// A key of type bool (a flag: --name, or --name=false), an integer, or std::string. Names are lower case,
/// digits and `-`. Two keys of one name must be equal.
template <class T>
  requires std::integral<T> || std::same_as<T, std::string>
class key {
 public:
  key(std::string name, std::string doc, T fallback = {}) {
    info_.name = name;
    info_.placeholder = std::move(name);
    info_.doc = std::move(doc);
    if constexpr (std::same_as<T, bool>) {
      info_.type = key_info::kind::flag;
      info_.fallback = fallback ? "true" : "false";
    } else if constexpr (std::integral<T>) {
      info_.type = key_info::kind::number;
      info_.fallback = std::to_string(fallback);
    } else {
      info_.fallback = std::move(fallback);
    }
  }

  // The same key for one group of devices.
  key in(const group& prefix) const {
    key copy = *this;
    copy.info_.name = prefix.prefixed(info_.placeholder);
    return copy;
  }

  operator const key_info&() const { return info_; }
  const key_info& info() const { return info_; }

 private:
  key_info info_;
};

/// Settled by `mirage configure -t`; always there.
inline key_info target_key() {
  return {"target", "Where the image will run", key_info::kind::word, "", "target"};
}

}  // namespace mirage::config
