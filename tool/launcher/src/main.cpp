// SPDX-License-Identifier: ISC
// mirage-launcher IMAGE [OPTIONS] -- [BOOT ARGUMENTS]: runs an image in QEMU. Called by `mirage run`.
#include <fmt/format.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>

#include "backtrace.hpp"
#include "guest.hpp"
#include "kvm.hpp"
#include "virtual_machine.hpp"

namespace {

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
  const auto ended = run_guest(qemu_command(machine), [&crash](std::string_view text) { crash.hear(text); });
  if (!ended) return complain(ended.error(), exit_failed);
  crash.print(machine.image + ".debug");
  return ended->signal != 0 ? 128 + ended->signal : guest_status(ended->status);
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
  app.add_flag("--dry-run", dry_run, "Print the command, do nothing");
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return complain(error.what(), exit_usage);
  }
  machine.boot_arguments = app.remaining();
  machine.boot_arguments.insert(machine.boot_arguments.end(), behind.begin(), behind.end());
  machine.kvm = accelerator == "kvm" || choose_kvm(accelerator);
  if (dry_run) {
    fmt::print("{}\n", typed(qemu_command(machine)));
    return 0;
  }
  return run(machine);
}
