// SPDX-License-Identifier: ISC
// Boot arguments: what the finished image takes on its command line. A device declares its own in its
// descriptor; a unikernel's are handed to its function after its devices.
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/config/key.hpp"
#include "mirage/config/words.hpp"

namespace mirage::config {

/// Types that the running image knows and config.cpp need only name; values are written as text,
/// "10.0.0.2/24".
// clang-format off
struct mac_address  { std::string text; };
struct ipv4_address { std::string text; };
struct ipv6_address { std::string text; };
struct ip_address   { std::string text; };
struct ipv4_prefix  { std::string text; };
struct ipv6_prefix  { std::string text; };
struct ip_prefix    { std::string text; };
struct endpoint     { std::string text; };
// clang-format on

/// An argument without its C++ type.
struct argument_info {
  std::string name;         // with the group's prefix
  std::string doc;          // one line for --help
  std::string type;         // the T of mirage::argument<T> in main.cpp
  std::string fallback;     // the default, a C++ expression; empty: the argument has none
  std::string shown;        // the default as a person would type it
  std::string placeholder;  // what `$placeholder` in a descriptor stands for: the name without the group

  friend bool operator==(const argument_info&, const argument_info&) = default;
};

/// The name that main.cpp knows T by, and how it writes a T.
template <class T>
struct argument_type;

template <>
struct argument_type<bool> {
  static std::string name() { return "bool"; }
  static std::string shown(bool value) { return value ? "true" : "false"; }
  static std::string expression(bool value) { return shown(value); }
};

template <std::integral T>
struct argument_type<T> {
  static std::string name() {
    return std::string{"std::"} + (std::signed_integral<T> ? "int" : "uint") + std::to_string(8 * sizeof(T)) +
           "_t";
  }
  static std::string shown(T value) { return std::to_string(value); }
  static std::string expression(T value) { return shown(value); }
};

template <>
struct argument_type<std::string> {
  static std::string name() { return "std::string_view"; }
  static std::string shown(const std::string& value) { return value; }
  static std::string expression(const std::string& value) { return cpp_literal(value); }
};

/// One of the address types above; a text that is none does not compile in main.cpp.
template <class T>
  requires requires(T value) {
    { value.text } -> std::same_as<std::string&>;
  }
struct argument_type<T> {
  static std::string name();
  static std::string shown(const T& value) { return value.text; }
  static std::string expression(const T& value) { return name() + "{" + cpp_literal(value.text) + "}"; }
};

// clang-format off
template <> inline std::string argument_type<mac_address>::name()  { return "mirage::mac_address"; }
template <> inline std::string argument_type<ipv4_address>::name() { return "mirage::ipv4_address"; }
template <> inline std::string argument_type<ipv6_address>::name() { return "mirage::ipv6_address"; }
template <> inline std::string argument_type<ip_address>::name()   { return "mirage::ip_address"; }
template <> inline std::string argument_type<ipv4_prefix>::name()  { return "mirage::ipv4_prefix"; }
template <> inline std::string argument_type<ipv6_prefix>::name()  { return "mirage::ipv6_prefix"; }
template <> inline std::string argument_type<ip_prefix>::name()    { return "mirage::ip_prefix"; }
template <> inline std::string argument_type<endpoint>::name()     { return "mirage::endpoint"; }
// clang-format on

/// A length of time; people write 30s, 1.5h or 200ms.
template <class Count, class Unit>
struct argument_type<std::chrono::duration<Count, Unit>> {
  using value_type = std::chrono::duration<Count, Unit>;
  static std::string name() { return "mirage::duration"; }
  static std::string shown(value_type value) {
    return shown_duration(std::chrono::nanoseconds{value}.count());
  }
  static std::string expression(value_type value) {
    return "std::chrono::nanoseconds{" + std::to_string(std::chrono::nanoseconds{value}.count()) + "}";
  }
};

/// Up to sixteen values with commas between; none if it is not given.
template <class T>
struct argument_type<std::vector<T>> {
  static std::string name() { return "mirage::inline_vector<" + argument_type<T>::name() + ", 16>"; }
};

/// An argument that may be left out: std::optional<ipv4_address>.
template <class T>
struct argument_type<std::optional<T>> {
  static std::string name() { return "std::optional<" + argument_type<T>::name() + ">"; }
};

/// A boot argument --name of type T with one line for --help and the value it has when it is not given. T is
/// bool, an integer, std::string, an address type above, a std::chrono::duration, or a std::optional or a
/// std::vector of one of these. Without a default it must be given, but not a bool, an optional or a vector.
/// Names are lower case, digits and `-`. Two arguments of one name must be equal.
template <class T>
class argument {
 public:
  argument(std::string name, std::string doc, const T& fallback)
    requires requires { argument_type<T>::shown(fallback); }
  {
    describe(std::move(name), std::move(doc));
    info_.fallback = argument_type<T>::expression(fallback);
    info_.shown = argument_type<T>::shown(fallback);
  }

  argument(std::string name, std::string doc) { describe(std::move(name), std::move(doc)); }

  /// The same argument for one group of devices.
  argument in(const group& prefix) const {
    argument copy = *this;
    copy.info_.name = prefix.prefixed(info_.placeholder);
    return copy;
  }

  operator const argument_info&() const { return info_; }
  const argument_info& info() const { return info_; }

 private:
  void describe(std::string name, std::string doc) {
    info_.name = name;
    info_.placeholder = std::move(name);
    info_.doc = std::move(doc);
    info_.type = argument_type<T>::name();
  }

  argument_info info_;
};

}  // namespace mirage::config
