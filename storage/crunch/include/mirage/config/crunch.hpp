// SPDX-License-Identifier: ISC
// How config.cpp gets a folder into the image. It is the offer of `generic_kv_ro` that every target has.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <mirage/config/device.hpp>
#include <mirage/config/generic.hpp>
#include <mirage/config/key.hpp>
#include <mirage/config/module_types.hpp>

namespace mirage::config {

namespace detail {

/// An identifier for a folder: "htdocs" as it is; of another path its letters and digits, and behind them a
/// number made of all of it, so that "a/b" and "a-b" differ.
inline std::string store_name(std::string_view folder) {
  std::string name;
  std::uint32_t sum = 0;
  for (const char c : folder) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    if (letter || (digit && !name.empty())) name += c;
    sum = sum * 31 + static_cast<unsigned char>(c);
  }
  return name == folder ? name : "folder_" + name + "_" + std::to_string(sum);
}

inline descriptor crunch_descriptor(const std::string& store, const std::string& folder) {
  return {.name = "files",
          .type = "mirage::crunch<generated::" + store + ">",
          .header = store + ".hpp",
          .construct = "$name",
          .packages = {"crunch"},
          .cmake = {"mirage_crunch(image " + store + " " + folder + ")"}};
}

}  // namespace detail

/// A folder of the project, inside the image (storage/crunch).
inline device<kv_ro> crunch(const std::string& folder,
                            std::source_location where = std::source_location::current()) {
  const std::string name = detail::store_name(folder);
  return implementation<kv_ro>{detail::crunch_descriptor(name, cpp_literal(folder)), where}();
}

/// The same for a folder that `mirage configure --KEY=FOLDER` names; a relative one lies in the project.
inline device<kv_ro> crunch(const key<std::string>& folder,
                            std::source_location where = std::source_location::current()) {
  const std::string& name = folder.info().placeholder;
  descriptor what = detail::crunch_descriptor(detail::store_name(name), "$" + name);
  what.keys = {folder};
  return implementation<kv_ro>{std::move(what), where}();
}

inline const bool crunch_is_offered = folders.add({
    .value = "crunch",
    .make = [](const std::string& folder, const group&) { return crunch(folder); },
});

}  // namespace mirage::config
