// SPDX-License-Identifier: ISC
// A unikernel: a function of the project that is called with the devices it needs, then with its boot
// arguments.
#pragma once

#include <concepts>
#include <source_location>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "mirage/config/argument.hpp"
#include "mirage/config/device.hpp"
#include "mirage/config/package.hpp"

namespace mirage::config {

/// What a unikernel may have besides devices: boot arguments (handed over after the devices, in order),
/// packages, local libraries, C++ exceptions.
struct extra {
  std::variant<argument_info, package, local_library, exceptions_wish> value;

  template <class T>
  extra(const argument<T>& given) : value(given.info()) {}
  extra(package given) : value(std::move(given)) {}
  extra(local_library given) : value(std::move(given)) {}
  extra(exceptions_wish given) : value(given) {}
};

/// A text and the line of config.cpp where it stands.
struct located_text {
  std::string text;
  std::source_location where;

  located_text(const char* value, std::source_location place = std::source_location::current())
      : text(value), where(place) {}
  located_text(std::string value, std::source_location place = std::source_location::current())
      : text(std::move(value)), where(place) {}
};

namespace detail {

descriptor describe_unikernel(std::string name, std::string header, const std::vector<extra>& extras);

}  // namespace detail

/// unikernel<kv_ro, http_server>("website", "unikernel.hpp", port)(files, http): the image calls
/// `website(files, http, *port)` of unikernel.hpp, a function that gives a mirage::task<>. The name may be
/// qualified. Every extra is an argument<T>, a package, a local_library
/// or `exceptions`.
template <module_type... In, std::convertible_to<extra>... Extras>
implementation<job, In...> unikernel(located_text function, std::string header, const Extras&... extras) {
  return implementation<job, In...>{
      detail::describe_unikernel(std::move(function.text), std::move(header), std::vector<extra>{extras...}),
      function.where};
}

/// The image that starts, does nothing and ends: configure(argc, argv, "noop", noop()).
device<job> noop(std::source_location where = std::source_location::current());

}  // namespace mirage::config
