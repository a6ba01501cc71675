// SPDX-License-Identifier: ISC
// The configuration of a guest of Xen for xl (xl.cfg(5), xl-disk-configuration(5)): one that is complete, and
// one in which a script puts what it likes for the words between @ signs.
#include <fmt/format.h>

#include "writers.hpp"

namespace mirage::deployment {

namespace {

// A string of xl's, in which a backslash has a meaning of its own.
std::string xl_string(std::string_view text) {
  std::string out = "\"";
  for (const char character : text) {
    if (character == '"' || character == '\\') out += '\\';
    out += character;
  }
  return out + '"';
}

std::string vdev(std::size_t number) { return fmt::format("xvd{}", static_cast<char>('a' + number)); }

std::string list(const char* name, const std::vector<std::string>& values) {
  std::string text;
  for (const auto& each : values) text += fmt::format("  {},\n", xl_string(each));
  return values.empty() ? "" : fmt::format("{} = [\n{}]\n", name, text);
}

// Without a number of processors, xl finds no room for a guest as small as ours.
constexpr std::string_view frame = R"(name = {name}
type = "pvh"
kernel = {kernel}
memory = {memory}
vcpus = 1
on_poweroff = "destroy"
on_reboot = "restart"
on_crash = "destroy"
)";

constexpr std::size_t most_disks = 26;  // letters of their names

}  // namespace

written xl_configuration(const machine& what) {
  const auto given = disks_of(what);
  if (given.size() > most_disks) return std::nullopt;
  std::vector<std::string> disks;
  std::vector<std::string> networks;
  for (const auto& each : given)
    disks.push_back(fmt::format("format=raw,vdev={},access=rw,target={}", vdev(disks.size()), each.file));
  for (const auto& each : networks_of(what.image)) networks.push_back("mac=" + each.mac);
  const std::string path = fmt::format("dist/{}.xl", what.image.name);
  return launch_file{
      .path = path,
      .text =
          fmt::format(
              "# {}\n# To start it: xl create -c {}\n# With boot arguments: xl create -c {} 'extra=\"{}\"'\n",
              one_line(what.generated), one_line(path_of(what, path)), one_line(path_of(what, path)),
              placeholder_argument) +
          fmt::format(frame, fmt::arg("name", xl_string(what.image.name)),
                      fmt::arg("kernel", xl_string(path_of(what, what.image.image))),
                      fmt::arg("memory", what.memory)) +
          list("disk", disks) + list("vif", networks)};
}

written xl_template(const machine& what) {
  std::vector<std::string> disks;
  std::vector<std::string> networks;
  for (const auto& each : what.image.devices) {
    if (each.kind != "block") continue;
    if (disks.size() == most_disks) return std::nullopt;
    disks.push_back(
        fmt::format("format=raw,vdev={},access=rw,target=@BLOCK:{}@", vdev(disks.size()), each.name));
  }
  for (const auto& each : networks_of(what.image)) networks.push_back(fmt::format("@NETWORK:{}@", each.name));
  return launch_file{.path = fmt::format("dist/{}.xl.in", what.image.name),
                     .text = fmt::format("# {}\n", one_line(what.generated)) +
                             fmt::format(frame, fmt::arg("name", "\"@NAME@\""),
                                         fmt::arg("kernel", "\"@KERNEL@\""), fmt::arg("memory", "@MEMORY@")) +
                             list("disk", disks) + list("vif", networks)};
}

}  // namespace mirage::deployment
