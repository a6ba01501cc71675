// SPDX-License-Identifier: ISC
// A shell script that starts the image in QEMU with the command of `mirage run`, its networks at taps.
#include <fmt/format.h>

#include "mirage/deployment/virtual_machine.hpp"
#include "writers.hpp"

namespace mirage::deployment {

written qemu_script(const machine& what) {
  virtual_machine wanted{.image = path_of(what, what.image.image), .boot_arguments = {}};
  device_options options;
  for (const auto& each : networks_of(what.image)) {
    options.networks.push_back("tap:" + each.tap);
    options.macs.push_back(each.mac);
  }
  const auto disks = disks_of(what);
  for (const auto& each : disks) options.disks.push_back(each.name + "=" + each.file);
  const auto attached = attach(what.image, options, has_devices_in_memory(wanted), {});
  if (!attached) return std::nullopt;
  wanted.devices = attached->words;
  wanted.has_console = has_console(what.image);
  wanted.memory = what.memory;
  wanted.accelerator = "${ACCEL:-kvm:tcg}";

  const std::string path = fmt::format("dist/{}.qemu.sh", what.image.name);
  std::string text = script_head(what, path, disks);
  text +=
      "# KVM runs it where there is one; ACCEL=tcg has the processor emulated. QEMU ends with 255 minus "
      "twice the status.\n";
  std::string option;
  for (const auto& word : qemu_command(wanted)) {
    if (word.starts_with('-'))
      text += " \\\n  " + word;
    else if (option == "-append")
      text += " \"$*\"";
    else if (option == "-machine")
      text += " \"" + word + "\"";
    else
      text += (option.empty() ? "exec " : " ") + shell_word(word);
    option = word;
  }
  return launch_file{.path = path, .text = text + "\n"};
}

}  // namespace mirage::deployment
