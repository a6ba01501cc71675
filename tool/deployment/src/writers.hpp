// SPDX-License-Identifier: ISC
// The writers of launch files, one a source, and what they have in common.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/deployment/launch_files.hpp"

namespace mirage::deployment {

/// Where a file of the user's own shows boot arguments that nobody has chosen yet; it changes nothing.
inline constexpr std::string_view placeholder_argument = "--logs=*:info";

struct network {
  std::string name;  // of config.cpp; `service` where that has none
  std::string tap;   // of the host: the same, where an interface can be called so
  std::string mac;   // always the same for an image of this name
};
std::vector<network> networks_of(const image_manifest& image);

struct disk {
  std::string name;
  std::string file;  // absolute; that of the disk's name and the extension
};
std::vector<disk> disks_of(const machine& what, std::string_view extension = "");

bool has_console(const image_manifest& image);

/// Absolute.
std::string path_of(const machine& what, std::string_view path);

/// The first lines of a shell script, and a comment for everything that must be there before it can start.
std::string script_head(const machine& what, std::string_view path, const std::vector<disk>& disks);

/// One word of a shell script.
std::string shell_word(std::string_view text);

/// For a comment that ends with its line, whatever the text contains.
std::string one_line(std::string text);
/// For a comment in XML, which may not contain two hyphens.
std::string xml_comment(std::string text);
/// For an attribute or an element in XML.
std::string xml_text(std::string_view text);

struct launch_file {
  std::string path;  // relative to the project
  std::string text;
};
using written = std::optional<launch_file>;

written qemu_script(const machine& what);
written firecracker_configuration(const machine& what);
written libvirt_domain(const machine& what);
written libvirt_xen_domain(const machine& what);
written xl_configuration(const machine& what);
written xl_template(const machine& what);
written solo5_script(const machine& what);

/// A domain of libvirt: `domain` in the form of fmt, around what every domain is told, and its `devices`.
launch_file libvirt_file(const machine& what, std::string_view domain, std::string_view devices);

/// `script` starts the image; a relative path.
launch_file systemd_unit(const machine& what, const std::string& script);

}  // namespace mirage::deployment
