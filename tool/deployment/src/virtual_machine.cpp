// SPDX-License-Identifier: ISC
#include "mirage/deployment/virtual_machine.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace mirage::deployment {

namespace {

std::string kernel_command_line(const std::vector<std::string>& words) {
  std::string line;
  for (const auto& word : words) line += (line.empty() ? "" : " ") + quoted(word);
  return line;
}

// A value inside an option of QEMU's, where a comma ends it.
std::string option_value(const std::string& text) {
  std::string value;
  for (const char character : text) value += character == ',' ? std::string(",,") : std::string(1, character);
  return value;
}

// Without ACPI, a microvm tells of its devices on the kernel's command line.
std::string machine_options(const virtual_machine& wanted) {
  return fmt::format("{}{},accel={}", option_value(wanted.model),
                     has_devices_in_memory(wanted) ? ",acpi=off" : "", wanted.accelerator);
}

}  // namespace

std::string quoted(const std::string& word) {
  if (!word.empty() && word.find_first_of(" \t\r\n\"'\\") == word.npos) return word;
  std::string text = "'";
  for (const char character : word) {
    if (character == '\'')
      text += R"('"'"')";
    else
      text += character;
  }
  return text + "'";
}

bool has_devices_in_memory(const virtual_machine& wanted) { return wanted.model.starts_with("microvm"); }

std::vector<std::string> qemu_command(const virtual_machine& wanted) {
  std::vector<std::string> words{
      "qemu-system-x86_64",
      "-nodefaults",
      "-no-user-config",
      "-no-reboot",
      "-display",
      "none",
      "-machine",
      machine_options(wanted),
      "-cpu",
      wanted.accelerator == "kvm" ? "host" : "max",
      "-m",
      fmt::format("{}M", wanted.memory),
      "-device",
      "isa-debug-exit,iobase=0xf4,iosize=4",
      "-chardev",
      wanted.has_console ? "stdio,id=console,signal=off,mux=on" : "stdio,id=console,signal=off",
      "-serial",
      "chardev:console",
  };
  if (wanted.debugger_port != 0) {
    words.insert(words.end(), {"-gdb", fmt::format("tcp:127.0.0.1:{}", wanted.debugger_port), "-S"});
  }
  // QEMU's own devices of this kind have the legacy interface otherwise.
  if (has_devices_in_memory(wanted)) words.insert(words.end(), {"-global", "virtio-mmio.force-legacy=off"});
  words.insert(words.end(), wanted.devices.begin(), wanted.devices.end());
  words.insert(words.end(), {"-kernel", wanted.image, "-append", kernel_command_line(wanted.boot_arguments)});
  return words;
}

int guest_status(int qemu_status) {
  constexpr int failed = 1;
  if (qemu_status % 2 == 0 || qemu_status == failed) return qemu_status;
  return 127 - qemu_status / 2;
}

}  // namespace mirage::deployment
