// SPDX-License-Identifier: ISC
// The mirage command: reads the command line and hands over to a verb.
#include <CLI/CLI.hpp>

#include <algorithm>
#include <functional>

#include "mirage/config/words.hpp"
#include "terminal.hpp"
#include "verbs.hpp"

namespace {

using namespace mirage::tool;

struct common_options {
  int verbose = 0;
  bool quiet = false;
  std::string color = "auto";
  std::string config = "config.cpp";
  bool dry_run = false;
};

color_mode mode_of(const std::string& word) {
  if (word == "always") return color_mode::always;
  return word == "never" ? color_mode::never : color_mode::automatic;
}

using verb = std::function<outcome<int>(const session&)>;

class command_line {
 public:
  command_line() {
    app_.name("mirage");
    app_.set_help_flag("-h,--help", "Show this help and exit");
    app_.set_help_all_flag("");
    app_.failure_message(CLI::FailureMessage::simple);
    app_.footer("`mirage help TOPIC` shows a page of the manual.");
    app_.add_flag("--version", version_, "Show the version and exit");
    add_common(&app_);
    add_init();
    add_configure();
    add_query();
    add_describe();
    add_build();
    add_run();
    add_test();
    add_clean();
    add_help();
    app_.require_subcommand(0, 1);  // the verb in `mirage help run` is a word and not a second verb
  }

  int run(int argc, char** argv) {
    try {
      app_.parse(own_words(argc, argv));
    } catch (const CLI::CallForHelp& call) {
      return app_.exit(call);
    } catch (const CLI::ParseError& error) {
      terminal{0, color_mode::automatic}.error({sentence_of(error)});
      return exit_status::bad_usage;
    }
    terminal screen{common_.quiet ? -1 : common_.verbose, mode_of(common_.color)};
    const auto status = perform(screen);
    if (status) return *status;
    screen.error(status.error());
    return status.error().status;
  }

 private:
  // What stands behind `--` is the image's, and never looked at. CLI11 wants the words from the last to the
  // first.
  std::vector<std::string> own_words(int argc, char** argv) {
    std::vector<std::string> words(argv + (argc > 0 ? 1 : 0), argv + argc);
    const auto end = std::ranges::find(words, "--");
    if (end != words.end()) run_.arguments.assign(end + 1, words.end());
    words.erase(end, words.end());
    std::ranges::reverse(words);
    return words;
  }

  std::string sentence_of(const CLI::ParseError& error) const {
    const auto verbs = app_.get_subcommands();
    const std::string page = verbs.empty() ? "" : verbs.front()->get_name() + " ";
    if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr) {
      return fmt::format("{}; see `mirage {}--help`", error.what(), page);
    }
    const std::string text = error.what();
    const std::string word = text.substr(text.rfind(": ") + 2);
    if (!verbs.empty()) {
      const std::string& verb = verbs.front()->get_name();
      return fmt::format("{} does not take `{}`; see `mirage {} --help`", verb, word, verb);
    }
    std::vector<std::string> names;
    for (const auto* sub : app_.get_subcommands([](const CLI::App*) { return true; }))
      names.push_back(sub->get_name());
    return fmt::format("there is no verb `{}`; the verbs are: {}", word, mirage::config::listed(names));
  }

  outcome<int> perform(terminal& screen) {
    if (!chosen_ && !version_) {
      fmt::print("{}", app_.help());
      return exit_status::ok;
    }
    MIRAGE_TRY(const session with, open_session(screen));
    if (version_) {
      fmt::print("mirage {}\n", with.from.version);
      return exit_status::ok;
    }
    return chosen_(with);
  }

  // Before the verb or behind it.
  void add_common(CLI::App* app) {
    app->add_flag("-v,--verbose", common_.verbose, "Show everything, the commands that are run too");
    app->add_flag("-q,--quiet", common_.quiet, "Show only errors");
    app->add_option("--color", common_.color, "auto, always or never")
        ->check(CLI::IsMember({"auto", "always", "never"}, CLI::ignore_case).description(""));
  }

  void add_verb(CLI::App* sub, verb what) {
    add_common(sub);
    sub->callback([this, what = std::move(what)] { chosen_ = what; });
  }

  void add_file(CLI::App* sub) {
    sub->add_option("-f,--file", common_.config, "The configuration, instead of config.cpp");
  }
  void add_dry_run(CLI::App* sub) {
    sub->add_flag("--dry-run", common_.dry_run, "Say what would be done, do nothing");
  }

  // The options of verbs that evaluate config.cpp. What is left over are keys, which config.cpp knows.
  void add_project_options(CLI::App* sub, project_options& into) {
    add_file(sub);
    sub->add_option("-t,--target", into.target,
                    "Where the image will run; MIRAGE_DEFAULT_TARGET or unix without it");
    sub->allow_extras();
  }

  void complete(CLI::App* sub, project_options& into) {
    into.config = common_.config;
    into.keys = sub->remaining();
  }

  void add_init() {
    CLI::App* sub = app_.add_subcommand("init", "Start a project");
    sub->add_option("FOLDER", init_.folder, "Where; made if it is not there");
    sub->add_option("--template", init_.template_name, "What to start from");
    add_verb(sub, [this](const session& with) { return init(with, init_); });
  }

  void add_configure() {
    CLI::App* sub = app_.add_subcommand("configure", "Evaluate config.cpp and write what build needs");
    add_project_options(sub, configure_);
    add_dry_run(sub);
    sub->add_option("-o,--output", configure_.output, "The image's name, instead of the one in config.cpp");
    sub->add_flag_function(
        "--no-depext", [this](std::int64_t) { configure_.check_depexts = false; },
        "Do not look for missing Debian packages");
    add_verb(sub, [this, sub](const session& with) {
      complete(sub, configure_);
      configure_.dry_run = common_.dry_run;
      return configure(with, configure_);
    });
  }

  void add_query() {
    CLI::App* sub = app_.add_subcommand("query", "Print one thing about the project, for scripts");
    sub->add_option("WHAT", query_.what,
                    "name packages depexts files devices keys arguments main cmake manifest size")
        ->required();
    add_project_options(sub, query_);
    add_verb(sub, [this, sub](const session& with) {
      complete(sub, query_);
      return query(with, query_);
    });
  }

  void add_describe() {
    CLI::App* sub = app_.add_subcommand("describe", "Show the devices and how they are connected");
    add_project_options(sub, describe_);
    const auto as = [this](describe_options::form form) {
      return [this, form](std::int64_t) { describe_.as = form; };
    };
    sub->add_flag_function("--dot", as(describe_options::form::dot), "As a graph for Graphviz");
    sub->add_flag_function("--svg", as(describe_options::form::svg), "As a picture (needs Graphviz)");
    sub->add_option("-o,--output", describe_.file, "Write to this file");
    add_verb(sub, [this, sub](const session& with) {
      complete(sub, describe_);
      return describe(with, describe_);
    });
  }

  void add_build() {
    CLI::App* sub = app_.add_subcommand("build", "Compile the image into dist/");
    add_file(sub);
    add_dry_run(sub);
    add_verb(sub, [this](const session& with) { return build(with, common_.config, common_.dry_run); });
  }

  void add_run() {
    CLI::App* sub = app_.add_subcommand(
        "run", "Start the image; what it does not know, and all behind --, is the image's");
    add_file(sub);
    sub->prefix_command();
    add_verb(sub, [this, sub](const session& with) {
      run_.config = common_.config;
      run_.options = sub->remaining();
      return run_image(with, run_);
    });
  }

  void add_test() {
    CLI::App* sub = app_.add_subcommand("test", "Play the scenarios of the project in the simulator");
    add_file(sub);
    sub->add_option("SCENARIO", test_.scenarios, "Some of scenarios/; all without it");
    sub->add_option("--seed", test_.seed, "Of everything random, instead of the scenario's")
        ->check(CLI::NonNegativeNumber.description(""));
    sub->add_option("--pcap", test_.pcap, "Write what every link carries into this folder");
    add_verb(sub, [this](const session& with) {
      test_.config = common_.config;
      return test(with, test_);
    });
  }

  void add_clean() {
    CLI::App* sub = app_.add_subcommand("clean", "Remove what configure and build made");
    add_file(sub);
    add_dry_run(sub);
    add_verb(sub, [this](const session& with) { return clean(with, common_.config, common_.dry_run); });
  }

  void add_help() {
    CLI::App* sub = app_.add_subcommand("help", "Show a page of the manual");
    sub->add_option("TOPIC", topic_, "A verb");
    add_verb(sub, [this](const session& with) { return help(with, topic_); });
  }

  CLI::App app_{"Builds unikernels: an application and the system libraries it uses, in one image."};
  common_options common_;
  bool version_ = false;
  verb chosen_;
  init_options init_;
  configure_options configure_;
  query_options query_;
  describe_options describe_;
  run_options run_;
  test_options test_;
  std::string topic_;
};

}  // namespace

int main(int argc, char** argv) { return command_line{}.run(argc, argv); }
