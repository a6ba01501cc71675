// SPDX-License-Identifier: ISC
// mirage-simulator: plays one scenario, or runs one unikernel alone. Called by `mirage test` and `mirage
// run`.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>

#include "loaded_image.hpp"
#include "machine.hpp"
#include "stage.hpp"

namespace {

using namespace mirage::simulator;

constexpr int exit_failed = 1;
constexpr int exit_usage = 64;

struct request {
  std::string file;
  stage_options stage;
  std::optional<std::uint64_t> seed;
  bool verbose = false;
};

int complain(const failure& why, int status = exit_usage) {
  fmt::print(stderr, "mirage-simulator: {}\n", why.sentence);
  return status;
}

int show(const request& wanted, const scenario& plan, const report& what) {
  const double seconds = static_cast<double>(what.length.count()) / 1e9;
  if (what.failed) {
    fmt::print("FAILED  {}: {}; replay it with --seed {}\n", plan.name, *what.failed, plan.seed);
    if (!wanted.verbose)
      for (const std::string& line : what.last_lines) fmt::print("        {}\n", line);
    return exit_failed;
  }
  fmt::print("ok      {}{}{} ({:.3f} s, seed {})\n", plan.name, plan.summary.empty() ? "" : ": ",
             plan.summary, seconds, plan.seed);
  if (wanted.verbose) fmt::print("        digest {:016x}\n", what.digest);
  return 0;
}

int play(const request& wanted) {
  auto plan = read_scenario(wanted.file);
  if (!plan) return complain(plan.error());
  if (wanted.seed) plan->seed = *wanted.seed;
  stage on(*plan, wanted.stage);
  if (const auto ready = on.set_up(); !ready) return complain(ready.error());
  const int status = show(wanted, *plan, on.play());
  std::fflush(stdout);
  if (const auto kept = on.close_captures(); !kept) return complain(kept.error(), exit_failed);
  return status;
}

// A machine that is connected to nothing; its console is ours.
class alone final {
 public:
  int run(const std::string& file, std::vector<std::string> arguments) {
    const auto image = load_image(file);
    if (!image) return complain(image.error());
    machine_watcher watcher;
    watcher.printed = [](const std::string&, std::string_view line) { fmt::print("{}\n", line); };
    watcher.exited = [this](const std::string&, int status) { status_ = status; };
    watcher.crashed = [](const std::string&, std::string_view why) {
      std::fflush(stdout);
      fmt::print(stderr, "The unikernel stops: {}.\n", why);
    };
    const node_plan plan{
        .name = std::string{(*image)->name()}, .image = {}, .arguments = std::move(arguments)};
    mirage::simulation::scheduler world(1);
    machine only(world, plan, **image, 1, watcher);
    only.boot();
    while (!status_ && world.step(mirage::never)) {
    }
    if (status_) return *status_;
    fmt::print(stderr,
               "mirage-simulator: nothing is left that could wake {}; give it a network in a scenario\n",
               plan.name);
    return exit_failed;
  }

 private:
  std::optional<int> status_;
};

}  // namespace

int main(int argc, char** argv) {
  if (argc > 2 && std::string_view(argv[1]) == "--alone")
    return alone{}.run(argv[2], {argv + 3, argv + argc});
  request wanted;
  CLI::App app{"Plays a scenario: unikernels over a simulated network, on virtual time."};
  app.name("mirage-simulator");
  app.failure_message(CLI::FailureMessage::simple);
  app.add_option("SCENARIO", wanted.file, "The scenario, a TOML file");
  app.add_option("--image", wanted.stage.image, "What nodes run that name no image");
  app.add_option("--seed", wanted.seed, "Of everything random, instead of the scenario's");
  app.add_option("--pcap", wanted.stage.pcap, "Write what every link carries into this folder");
  app.add_flag("-v,--verbose", wanted.verbose, "Show every line that a node prints");
  app.footer("mirage-simulator --alone IMAGE [ARGUMENTS...] runs one unikernel without a network.");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    const int status = app.exit(error);
    return status == 0 ? 0 : exit_usage;
  }
  wanted.stage.show_consoles = wanted.verbose;
  if (wanted.file.empty()) return complain({"which scenario? see mirage-simulator --help"});
  return play(wanted);
}
