// SPDX-License-Identifier: ISC
// A shell script that starts the image with a tender of Solo5's kind: our own where it is installed, else
// Solo5's.
#include <fmt/format.h>

#include "writers.hpp"

namespace mirage::deployment {

written solo5_script(const machine& what) {
  const std::string& target = what.image.target;
  const std::string path = fmt::format("dist/{}.{}.sh", what.image.name, target);
  const auto disks = disks_of(what, ".img");
  std::string text = script_head(what, path, disks);
  text += "# TENDER names another tender.\n";
  const std::string solo5 = "solo5-" + target;
  const std::string tender = target == "spt" ? "$(command -v mirage-spt || echo " + solo5 + ")" : solo5;
  text += fmt::format("exec \"${{TENDER:-{}}}\" --mem={}", tender, what.memory);
  for (const auto& each : networks_of(what.image)) {
    text += fmt::format(" \\\n  {} {}", shell_word(fmt::format("--net:{}={}", each.name, each.tap)),
                        shell_word(fmt::format("--net-mac:{}={}", each.name, each.mac)));
  }
  for (const auto& each : disks)
    text += fmt::format(" \\\n  {}", shell_word(fmt::format("--block:{}={}", each.name, each.file)));
  text += fmt::format(" \\\n  {} -- \"$@\"\n", shell_word(path_of(what, what.image.image)));
  return launch_file{.path = path, .text = text};
}

}  // namespace mirage::deployment
