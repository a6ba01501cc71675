// SPDX-License-Identifier: ISC
#include "mirage/deployment/launch_files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "writers.hpp"

namespace mirage::deployment {

namespace {

// As the kernel takes it, without what a shell or QEMU would read differently.
bool is_interface_name(std::string_view name) {
  constexpr std::string_view allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.";
  return !name.empty() && name.size() <= 15 && name.find_first_not_of(allowed) == name.npos &&
         !name.starts_with('-') && !name.starts_with('.');
}

// FNV-1a: the address is the same each time the files are written, and differs from that of other unikernels.
std::string mac_of(const std::string& unikernel, const std::string& network) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char character : unikernel + '\0' + network)
    hash = (hash ^ static_cast<unsigned char>(character)) * 0x100000001b3;
  constexpr unsigned local_station = 0x02;
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", local_station, hash >> 56U & 0xffU,
                     hash >> 48U & 0xffU, hash >> 40U & 0xffU, hash >> 32U & 0xffU, hash >> 24U & 0xffU);
}

}  // namespace

std::vector<network> networks_of(const image_manifest& image) {
  std::vector<network> found;
  for (const auto& each : image.devices) {
    if (each.kind != "network") continue;
    const std::string unnamed = found.empty() ? "service" : fmt::format("service{}", found.size());
    network one{.name = each.name.empty() ? unnamed : each.name, .tap = {}, .mac = {}};
    one.tap = is_interface_name(one.name) ? one.name : fmt::format("tap{}", found.size());
    one.mac = mac_of(image.name, one.name);
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<disk> disks_of(const machine& what, std::string_view extension) {
  std::vector<disk> found;
  for (const auto& each : what.image.devices) {
    if (each.kind == "block")
      found.push_back({.name = each.name, .file = path_of(what, each.name) + std::string(extension)});
  }
  return found;
}

bool has_console(const image_manifest& image) {
  return std::ranges::find(image.devices, "console", &wanted_device::kind) != image.devices.end();
}

std::string path_of(const machine& what, std::string_view path) {
  return path.starts_with('/') ? std::string(path) : fmt::format("{}/{}", what.project, path);
}

std::string shell_word(std::string_view text) {
  constexpr std::string_view plain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./:,=+@%";
  if (!text.empty() && text.find_first_not_of(plain) == text.npos) return std::string(text);
  std::string word = "'";
  for (const char character : text) word += character == '\'' ? R"('\'')" : std::string(1, character);
  return word + "'";
}

std::string one_line(std::string text) {
  std::ranges::replace_if(text, [](unsigned char character) { return character < ' '; }, '?');
  return text;
}

std::string xml_comment(std::string text) {
  for (auto at = text.find("--"); at != text.npos; at = text.find("--", at)) text.replace(at, 2, "- -");
  return text;
}

std::string xml_text(std::string_view text) {
  std::string out;
  for (const char character : text) {
    switch (character) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      default: out += character;
    }
  }
  return out;
}

std::string script_head(const machine& what, std::string_view path, const std::vector<disk>& disks) {
  std::string text = fmt::format("#!/bin/sh\n# {}\n# {} [BOOT ARGUMENT...]\n", one_line(what.generated),
                                 one_line(std::string(path)));
  for (const auto& each : networks_of(what.image)) {
    text += fmt::format(
        "# The network {0} is the tap {1}, made once: ip tuntap add dev {1} mode tap user \"$USER\" && ip "
        "link set {1} up\n",
        one_line(each.name), each.tap);
  }
  for (const auto& each : disks) {
    text += fmt::format("# The disk {} is a file, made once: truncate -s 64M {}\n", one_line(each.name),
                        one_line(shell_word(each.file)));
  }
  return text;
}

std::expected<std::map<std::string, std::string>, std::string> launch_files(
    const machine& what, const std::vector<std::string>& kinds) {
  std::map<std::string, std::string> files;
  std::string script;
  for (const auto& kind : kinds) {
    written file;
    if (kind == "qemu")
      file = qemu_script(what);
    else if (kind == "solo5")
      file = solo5_script(what);
    else if (kind == "firecracker")
      file = firecracker_configuration(what);
    else if (kind == "libvirt")
      file = libvirt_domain(what);
    else if (kind == "libvirt_xen")
      file = libvirt_xen_domain(what);
    else if (kind == "xl")
      file = xl_configuration(what);
    else if (kind == "xl_template")
      file = xl_template(what);
    else if (kind != "systemd")
      return std::unexpected(
          fmt::format("the target {} names a launch file that nothing writes: {}", what.image.target, kind));
    else if (!script.empty())
      file = systemd_unit(what, script);
    if (!file) continue;
    if (kind == "qemu" || kind == "solo5") script = file->path;
    files.emplace(std::move(file->path), std::move(file->text));
  }
  return files;
}

}  // namespace mirage::deployment
