// SPDX-License-Identifier: ISC
// mirage-launcher IMAGE [OPTIONS] -- [BOOT ARGUMENTS]: runs an image in QEMU. Called by `mirage run`.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <expected>
#include <fstream>
#include <iterator>

#include "backtrace.hpp"
#include "guest.hpp"
#include "kvm.hpp"
#include "mirage/deployment/devices.hpp"
#include "mirage/deployment/virtual_machine.hpp"

namespace {

using namespace mirage::deployment;
using namespace mirage::launcher;

constexpr int exit_failed = 1;
constexpr int exit_usage = 64;

int complain(const std::string& sentence, int status) {
  fmt::print(stderr, "mirage-launcher: {}\n", sentence);
  return status;
}

// As one would type it: `quoted` follows the rules of a shell as far as they matter here.
std::string typed(const std::vector<std::string>& words) {
  std::vector<std::string> each;
  each.reserve(words.size());
  for (const auto& word : words) each.push_back(quoted(word));
  return fmt::format("{}", fmt::join(each, " "));
}

// What this machine can do is told to a person, and not to a script that compares what is printed.
bool choose_kvm(const std::string& wanted) {
  if (wanted == "tcg") return false;
  const std::string obstacle = why_no_kvm();
  if (!obstacle.empty() && ::isatty(STDERR_FILENO) != 0)
    fmt::print(stderr, "The processor is emulated, which is slow: {}.\n", obstacle);
  return obstacle.empty();
}

int run(const virtual_machine& machine) {
  if (machine.debugger_port != 0) {
    fmt::print(stderr, "Waiting for gdb: gdb {}.debug -ex 'target remote :{}'\n", machine.image,
               machine.debugger_port);
  }
  backtrace crash;
  const auto ended = run_guest(qemu_command(machine), machine.has_console,
                               [&crash](std::string_view text) { crash.hear(text); });
  if (!ended) return complain(ended.error(), exit_failed);
  crash.print(machine.image + ".debug");
  return ended->signal != 0 ? 128 + ended->signal : guest_status(ended->status);
}

std::expected<std::string, std::string> content_of(const std::string& path) {
  std::ifstream file(path);
  if (!file) return std::unexpected(fmt::format("cannot read {}; run `mirage configure` first", path));
  return std::string(std::istreambuf_iterator<char>(file), {});
}

// Puts what the manifest wants into the machine; gives the files that must be there.
std::expected<std::vector<disk_file>, std::string> attach_devices(virtual_machine& machine,
                                                                  const std::string& manifest,
                                                                  const device_options& wanted) {
  image_manifest image;
  if (!manifest.empty()) {
    const auto text = content_of(manifest);
    if (!text) return std::unexpected(text.error());
    auto parsed = parse_manifest(*text);
    if (!parsed) return std::unexpected(parsed.error());
    image = *std::move(parsed);
  }
  auto made = attach(image, wanted, has_devices_in_memory(machine), machine.boot_arguments);
  if (!made) return std::unexpected(made.error());
  machine.devices = std::move(made->words);
  machine.has_console =
      std::ranges::find(image.devices, "console", &wanted_device::kind) != image.devices.end();
  machine.boot_arguments.insert(machine.boot_arguments.begin(), made->boot_arguments.begin(),
                                made->boot_arguments.end());
  return std::move(made->files);
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::string> words(argv + std::min(argc, 1), argv + argc);
  const auto end = std::ranges::find(words, "--");
  virtual_machine machine;
  const std::vector<std::string> behind(end == words.end() ? end : end + 1, words.end());
  words.erase(end, words.end());
  std::ranges::reverse(words);  // as CLI11 wants them

  std::string accelerator = "auto";
  std::string manifest;
  device_options devices;
  bool dry_run = false;
  CLI::App app{"Runs an image in QEMU. What is no option here is a boot argument of the image."};
  app.name("mirage-launcher");
  app.failure_message(CLI::FailureMessage::simple);
  app.set_help_flag();
  app.allow_extras();
  app.add_option("IMAGE", machine.image, "The image")->required();
  app.add_option("--machine", machine.model, "The machine that QEMU emulates: microvm or q35");
  app.add_option("--memory", machine.memory, "Memory of the machine, in MiB")->check(CLI::Range(1, 1 << 20));
  app.add_option("--accel", accelerator, "kvm, tcg (an emulated processor), or auto")
      ->check(CLI::IsMember({"kvm", "tcg", "auto"}));
  app.add_option("--gdb", machine.debugger_port, "Wait for a debugger at this port")
      ->expected(0, 1)
      ->default_str("1234");
  app.add_option("--manifest", manifest, "The manifest of the image, which says what is attached");
  app.add_option("-p,--publish", devices.ports, "Lead a port of the host to the guest: 8080:80, 53:53/udp")
      ->allow_extra_args(false);
  app.add_option("--network", devices.networks, "What a network leads to: user (the default) or tap:NAME")
      ->allow_extra_args(false);
  app.add_option("--disk", devices.disks, "The file of a disk: NAME=FILE")->allow_extra_args(false);
  app.add_option("--create-disks", devices.new_disk_size, "Make disks that do not exist, of this size: 64M");
  app.add_option("--pcap", devices.capture,
                 "A file for every frame of the first network, in the pcap format");
  app.add_flag("--dry-run", dry_run, "Print the command, do nothing");
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return complain(error.what(), exit_usage);
  }
  machine.boot_arguments = app.remaining();
  machine.boot_arguments.insert(machine.boot_arguments.end(), behind.begin(), behind.end());
  auto attached = attach_devices(machine, manifest, devices);
  if (!attached) return complain(attached.error(), exit_usage);
  machine.accelerator = accelerator == "kvm" || choose_kvm(accelerator) ? "kvm" : "tcg";
  if (dry_run) {
    fmt::print("{}\n", typed(qemu_command(machine)));
    return 0;
  }
  for (const auto& file : *attached)
    if (auto ready = ensure_exists(file); !ready) return complain(ready.error(), exit_failed);
  return run(machine);
}
