// SPDX-License-Identifier: ISC
#include "stage.hpp"

#include <algorithm>
#include <cstdio>
#include <utility>

#include "loaded_image.hpp"

namespace mirage::simulator {

namespace {

constexpr std::size_t lines_kept = 8;

double seconds_of(duration length) { return static_cast<double>(length.count()) / 1e9; }

std::string times_of(const expectation& one) {
  return one.times == 1 ? "" : fmt::format(" {} times", one.times);
}

}  // namespace

// ---- Setting up ----

outcome<void> stage::set_up() {
  watcher_.printed = [this](const std::string& node, std::string_view line) { printed(node, line); };
  watcher_.exited = [this](const std::string& node, int status) { exited(node, status); };
  watcher_.crashed = [this](const std::string& node, std::string_view why) { crashed(node, why); };
  for (const std::string& name : plan_.switches) switches_.try_emplace(name, world_);
  MIRAGE_TRY_VOID(set_up_nodes());
  MIRAGE_TRY_VOID(set_up_links());
  for (unsigned i = 0; i < plan_.nodes.size(); ++i)
    world_.at(simulation::start_of_time + plan_.nodes[i].boot, *this, boot + kinds * i);
  for (unsigned i = 0; i < plan_.events.size(); ++i) {
    const event_plan& event = plan_.events[i];
    world_.at(simulation::start_of_time + event.at, *this, act + kinds * i);
    if (event.until) world_.at(simulation::start_of_time + *event.until, *this, undo + kinds * i);
  }
  for (unsigned i = 0; i < plan_.expected.size(); ++i)
    if (const auto by = plan_.expected[i].by)
      world_.at(simulation::start_of_time + *by, *this, deadline + kinds * i);
  return {};
}

outcome<void> stage::set_up_nodes() {
  for (const node_plan& plan : plan_.nodes) {
    const std::filesystem::path& file = plan.image.empty() ? options_.image : plan.image;
    if (file.empty())
      return refuse("the node {} has no image; write image = \"...\" or give --image", plan.name);
    MIRAGE_TRY(const simulation::image* image, load_image(file));
    const auto number = static_cast<std::uint16_t>(machines_.size() + 1);
    machines_.try_emplace(plan.name, world_, plan, *image, number, watcher_);
  }
  return {};
}

outcome<void> stage::set_up_links() {
  for (const link_plan& plan : plan_.links) {
    simulation::link& link = links_.try_emplace(plan.name, world_, plan.name, plan.options).first->second;
    plug(plan.left, link.left());
    plug(plan.right, link.right());
    if (options_.pcap.empty()) continue;
    const auto file = options_.pcap / fmt::format("{}.{}.pcap", plan_.name, plan.name);
    std::error_code ignored;
    std::filesystem::create_directories(options_.pcap, ignored);
    pcap::writer* const writer = captures_.emplace_back(file).writer();
    if (writer == nullptr) return refuse("cannot write {}", file.string());
    link.set_capture(writer);
  }
  return {};
}

void stage::plug(const end_plan& end, simulation::port& cable) {
  if (const auto lan = switches_.find(end.owner); lan != switches_.end()) {
    lan->second.plug(cable);
  } else {
    machines_.at(end.owner).plug(end.interface, cable);
  }
}

// ---- Playing ----

report stage::play() {
  const instant end = simulation::start_of_time + plan_.limit;
  bool idle = false;
  while (!report_.failed && !idle && !(plan_.expected.empty() ? !anybody_runs() : all_seen())) {
    idle = !world_.step(end);
  }
  for (const expectation& one : plan_.expected) check_deadline(one);
  report_.length = world_.now() - simulation::start_of_time;
  report_.digest = world_.digest();
  return report_;
}

outcome<void> stage::close_captures() {
  for (capture_file& each : captures_) MIRAGE_TRY_VOID(each.close());
  return {};
}

void stage::happens(unsigned what, simulation::frame&&) noexcept {
  const std::size_t index = what / kinds;
  switch (what % kinds) {
    case boot: machines_.at(plan_.nodes[index].name).boot(); break;
    case act: perform(plan_.events[index]); break;
    case undo: change_link(plan_.events[index].change, true); break;
    default: check_deadline(plan_.expected[index]); break;
  }
}

void stage::perform(const event_plan& event) {
  using kind = event_plan::kind;
  if (event.what == kind::change) return change_link(event.change, false);
  machine& node = machines_.at(event.node);
  if (event.what == kind::end) return node.press_power_button();
  if (event.what != kind::start) node.cut_power();
  if (event.what != kind::stop) node.boot();
}

void stage::change_link(const link_change& change, bool back) {
  simulation::link& link = links_.at(change.link);
  const auto plan = std::ranges::find(plan_.links, change.link, &link_plan::name);
  link_change what = change;
  if (back) what.changes = plan->options;
  for (simulation::pipe* const way : {&link.to_right(), &link.to_left()}) {
    simulation::pipe_options options = way->options();
    what.apply(options);
    way->set_options(options);
    if (change.up) way->set_up(*change.up != back);
  }
}

// ---- Watching ----

void stage::printed(const std::string& node, std::string_view line) {
  const std::string shown = fmt::format("{:12.6f} {}: {}", seconds(), node, line);
  if (options_.show_consoles) fmt::print("{}\n", shown);
  std::deque<std::string>& last = last_lines_[node];
  last.push_back(shown);
  if (last.size() > lines_kept) last.pop_front();
  for (const expectation& one : plan_.expected) {
    if (one.node != node || one.what == expectation::kind::exits || line.find(one.text) == line.npos)
      continue;
    ++seen_[&one];
    if (one.what == expectation::kind::never_prints)
      fail_because(node, fmt::format("{} has printed \"{}\"", node, line));
  }
}

void stage::exited(const std::string& node, int status) {
  if (options_.show_consoles) fmt::print("{:12.6f} {} has ended with status {}\n", seconds(), node, status);
  for (const expectation& one : plan_.expected) {
    if (one.node != node || one.what != expectation::kind::exits) continue;
    ++seen_[&one];
    if (one.status != status)
      fail_because(node, fmt::format("{} has ended with status {}, not {}", node, status, one.status));
  }
}

void stage::crashed(const std::string& node, std::string_view why) {
  std::fflush(stdout);
  fmt::print(stderr, "FAILED  {}: after {:.3f} s {} crashed: {}; replay it with --seed {}\n", plan_.name,
             seconds(), node, why, plan_.seed);
}

void stage::check_deadline(const expectation& one) {
  using kind = expectation::kind;
  if (one.what == kind::never_prints || seen_[&one] >= one.times) return;
  const double by = one.by ? seconds_of(*one.by) : seconds();
  if (one.what == kind::exits) {
    fail_because(one.node, fmt::format("{} has not ended by {} s", one.node, by));
  } else {
    fail_because(one.node,
                 fmt::format("{} has not printed \"{}\"{} by {} s", one.node, one.text, times_of(one), by));
  }
}

void stage::fail_because(const std::string& node, std::string why) {
  if (report_.failed) return;
  report_.failed = std::move(why);
  const std::deque<std::string>& last = last_lines_[node];
  report_.last_lines.assign(last.begin(), last.end());
}

bool stage::all_seen() const {
  return std::ranges::all_of(plan_.expected, [this](const expectation& one) {
    if (one.what == expectation::kind::never_prints) return !anybody_runs();
    const auto found = seen_.find(&one);
    return found != seen_.end() && found->second >= one.times;
  });
}

bool stage::anybody_runs() const {
  return world_.now() == simulation::start_of_time ||
         std::ranges::any_of(machines_, [](const auto& each) { return each.second.running(); });
}

double stage::seconds() const { return seconds_of(world_.now() - simulation::start_of_time); }

}  // namespace mirage::simulator
