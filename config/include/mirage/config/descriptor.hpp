// SPDX-License-Identifier: ISC
// What a package says about a device: enough to name its type in main.cpp and to make one. A package keeps
// its descriptors in include/mirage/config/NAME.hpp; a config.cpp may write one for a device of its own.
#pragma once

#include <string>
#include <vector>

#include "mirage/config/argument.hpp"
#include "mirage/config/key.hpp"
#include "mirage/config/package.hpp"

namespace mirage::config {

/// Texts may hold placeholders: `$0` `$1` ... are the dependencies in the order of the wiring (their types in
/// `type`, the objects in `construct`), `$port` is the boot argument or the key of that name, `$image` the
/// name of the image. `$$` is a dollar sign.
struct descriptor {
  /// The device's base name in main.cpp: http gives the type http_0 and the object http. An identifier.
  std::string name;

  /// A class (no alias, not final), "mirage::http_server<$0>"; keys may stand in it, arguments not.
  std::string type;

  /// Where that class is: "mirage/http.hpp" from a package, "counter.hpp" beside config.cpp.
  std::string header;

  /// The initialiser between the braces, "$name, $0, $port". "$*", as when it is left out, is every
  /// dependency, then every argument, in order.
  std::string construct = "$*";

  std::vector<package> packages = {};
  std::vector<argument_info> arguments = {};
  std::vector<key_info> keys = {};

  /// Targets that have this device; empty: all that have its packages.
  std::vector<std::string> targets = {};

  std::vector<local_library> libraries = {};

  /// Whether it throws C++ exceptions.
  bool exceptions = false;

  /// Commands for the CMakeLists.txt of the image, for a device that is made while the image is built:
  /// "mirage_crunch(image htdocs \"htdocs\")". `image` is the program; the functions come from the
  /// cmake/*.cmake of packages.
  std::vector<std::string> cmake = {};

  /// What the host must attach for it to a virtual machine, for the manifest: "network", "block disk.img".
  std::string attach = {};
};

}  // namespace mirage::config
