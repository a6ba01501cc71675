// SPDX-License-Identifier: ISC
#include "scenario.hpp"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <utility>

#include "mirage/config/words.hpp"
#include "toml_reader.hpp"

namespace mirage::simulator {

namespace fs = std::filesystem;

namespace {

constexpr std::array pipe_keys{"bandwidth",  "delay",     "jitter",  "queue", "loss",       "reorder",
                               "reorder_by", "duplicate", "corrupt", "mtu",   "burst_loss", "burst_frames"};

// What a wire is like, for links and for events. An option that is not named stays as it was.
void read_pipe(toml_reader& from, simulation::pipe_options& to) {
  from.quantity("bandwidth", to.bandwidth, parse_bandwidth, "100 Mbit/s");
  from.time("delay", to.delay);
  from.time("jitter", to.jitter);
  from.quantity("queue", to.queue, parse_size, "64 KiB");
  from.share("loss", to.loss);
  from.share("reorder", to.reorder);
  from.time("reorder_by", to.reorder_by);
  from.share("duplicate", to.duplicate);
  from.share("corrupt", to.corrupt);
  std::int64_t mtu = to.mtu;
  from.number("mtu", mtu);
  if (mtu < 68 || mtu > 65535) from.complain("mtu", "mtu must be from 68 to 65535");
  to.mtu = static_cast<std::uint32_t>(mtu);

  double loss = 0;
  std::int64_t frames = 5;
  from.share("burst_loss", loss);
  from.number("burst_frames", frames);
  if (frames < 1) from.complain("burst_frames", "burst_frames must be 1 or more");
  if (from.has("burst_loss")) to.bursts = simulation::burst_loss::of(loss, static_cast<double>(frames));
}

class parser {
 public:
  parser(const toml::table& from, const fs::path& file) : table_(from), file_(file) {}

  outcome<scenario> parse() {
    read_.name = file_.stem().string();
    toml_reader top(table_, file_, "");
    top.text("summary", read_.summary);
    auto seed = static_cast<std::int64_t>(read_.seed);
    top.number("seed", seed);
    read_.seed = static_cast<std::uint64_t>(seed);
    top.time("limit", read_.limit);
    const toml::table* const nodes = top.table("nodes");
    const toml::table* const switches = top.table("switches");
    const toml::table* const links = top.table("links");
    const toml::array* const events = top.tables("events");
    const toml::array* const expected = top.tables("expect");
    if (nodes == nullptr || nodes->empty()) top.complain("nodes", "there is no node; write [nodes.NAME]");
    MIRAGE_TRY_VOID(top.end());
    MIRAGE_TRY_VOID(each_named(nodes, "nodes", &parser::read_node));
    MIRAGE_TRY_VOID(each_named(switches, "switches", &parser::read_switch));
    MIRAGE_TRY_VOID(each_named(links, "links", &parser::read_link));
    MIRAGE_TRY_VOID(each_of(events, "events: ", &parser::read_event));
    MIRAGE_TRY_VOID(each_of(expected, "expect: ", &parser::read_expectation));
    return std::move(read_);
  }

 private:
  using part_reader = void (parser::*)(const std::string& name, toml_reader& from);

  outcome<void> each_named(const toml::table* parts, std::string_view what, part_reader read) {
    if (parts == nullptr) return {};
    for (const auto& [key, value] : *parts) {
      const std::string name{key.str()};
      const toml::table* const table = value.as_table();
      if (table == nullptr) return refuse("{}: write [{}.{}]", file_.string(), what, name);
      toml_reader from(*table, file_, fmt::format("{}.{}: ", what, name));
      if (owner_of(name) || name.find('.') != name.npos)
        from.complain("", "the name must be its own, and without a dot");
      (this->*read)(name, from);
      MIRAGE_TRY_VOID(from.end());
    }
    return {};
  }
  outcome<void> each_of(const toml::array* parts, const std::string& what, part_reader read) {
    if (parts == nullptr) return {};
    for (const toml::node& each : *parts) {
      toml_reader from(*each.as_table(), file_, what);
      (this->*read)({}, from);
      MIRAGE_TRY_VOID(from.end());
    }
    return {};
  }

  // ---- What there is ----

  void read_node(const std::string& name, toml_reader& from) {
    node_plan node;
    node.name = name;
    std::string image;
    from.text("image", image);
    if (!image.empty()) node.image = file_.parent_path() / image;
    from.texts("arguments", node.arguments);
    from.flag("offloads", node.offloads);
    from.time("boot", node.boot);
    read_.nodes.push_back(std::move(node));
  }
  void read_switch(const std::string& name, toml_reader&) { read_.switches.push_back(name); }
  void read_link(const std::string& name, toml_reader& from) {
    link_plan link;
    link.name = name;
    std::vector<std::string> between;
    from.need("between");
    from.texts("between", between);
    if (between.size() == 2) {
      link.left = end_of(from, between[0]);
      link.right = end_of(from, between[1]);
    } else {
      from.complain("between", "between must name two ends, as in [\"server\", \"client.eth1\"]");
    }
    read_pipe(from, link.options);
    read_.links.push_back(std::move(link));
  }

  bool is_node(std::string_view name) const {
    return std::ranges::count(read_.nodes, name, &node_plan::name) > 0;
  }
  bool owner_of(std::string_view name) const {
    return is_node(name) || std::ranges::count(read_.switches, name) > 0;
  }
  end_plan end_of(toml_reader& from, const std::string& written) const {
    const auto dot = written.find('.');
    end_plan end{.owner = written.substr(0, dot), .interface = {}};
    if (dot != written.npos) end.interface = written.substr(dot + 1);
    if (!owner_of(end.owner)) {
      std::vector<std::string> names = read_.switches;
      for (const node_plan& each : read_.nodes) names.push_back(each.name);
      from.complain("between", fmt::format("there is no node or switch `{}`; there are: {}", end.owner,
                                           config::listed(names)));
    }
    return end;
  }
  void need_node(toml_reader& from, std::string_view key, std::string& to) const {
    from.text(key, to);
    if (!from.ok() || !from.has(key) || is_node(to)) return;
    std::vector<std::string> names;
    for (const node_plan& each : read_.nodes) names.push_back(each.name);
    from.complain(key, fmt::format("there is no node `{}`; there are: {}", to, config::listed(names)));
  }

  // ---- What happens ----

  void read_event(const std::string&, toml_reader& from) {
    using kind = event_plan::kind;
    constexpr std::array<std::pair<std::string_view, kind>, 4> acts{
        {{"stop", kind::stop}, {"start", kind::start}, {"restart", kind::restart}, {"end", kind::end}}};
    event_plan event;
    from.need("at");
    from.time("at", event.at);
    from.time("until", event.until);
    int said = from.has("link") ? 1 : 0;
    for (const auto& [key, what] : acts) {
      need_node(from, key, event.node);
      if (!from.has(key)) continue;
      ++said;
      event.what = what;
    }
    if (said != 1) from.complain("", "say one of: link, stop, start, restart, end");
    if (event.until && event.what != kind::change) from.complain("until", "until is for links");
    if (event.until && *event.until < event.at) from.complain("until", "until lies before at");
    read_change(from, event.change);
    read_.events.push_back(std::move(event));
  }
  void read_change(toml_reader& from, link_change& to) {
    from.text("link", to.link);
    if (from.has("up")) from.flag("up", to.up.emplace());
    read_pipe(from, to.changes);
    for (const char* const key : pipe_keys)
      if (from.has(key)) to.keys.emplace_back(key);
    if (!from.has("link")) return;
    if (std::ranges::count(read_.links, to.link, &link_plan::name) == 0)
      from.complain("link", fmt::format("there is no link `{}`", to.link));
    if (to.keys.empty() && !to.up) from.complain("link", "say what changes: up, or an option of the link");
  }

  // ---- What must be seen ----

  void read_expectation(const std::string&, toml_reader& from) {
    expectation one;
    from.need("node");
    need_node(from, "node", one.node);
    from.time("by", one.by);
    std::int64_t number = 1;
    from.number("times", number);
    if (number < 1) from.complain("times", "times must be 1 or more");
    one.times = static_cast<unsigned>(number);
    from.text("prints", one.text);
    if (from.has("never_prints")) one.what = expectation::kind::never_prints;
    from.text("never_prints", one.text);
    if (from.has("exits")) one.what = expectation::kind::exits;
    from.number("exits", number);
    one.status = static_cast<int>(number);
    if (from.has("prints") + from.has("never_prints") + from.has("exits") != 1)
      from.complain("", "say one of: prints, never_prints, exits");
    read_.expected.push_back(std::move(one));
  }

  const toml::table& table_;
  const fs::path& file_;
  scenario read_;
};

}  // namespace

void link_change::apply(simulation::pipe_options& to) const {
  const auto change = [&](std::string_view key, auto member) {
    if (std::ranges::count(keys, key) > 0) to.*member = changes.*member;
  };
  using options = simulation::pipe_options;
  change("bandwidth", &options::bandwidth);
  change("delay", &options::delay);
  change("jitter", &options::jitter);
  change("queue", &options::queue);
  change("loss", &options::loss);
  change("reorder", &options::reorder);
  change("reorder_by", &options::reorder_by);
  change("duplicate", &options::duplicate);
  change("corrupt", &options::corrupt);
  change("mtu", &options::mtu);
  change("burst_loss", &options::bursts);
}

outcome<scenario> parse_scenario(std::string_view text, const fs::path& file) {
  try {
    const toml::table table = toml::parse(text, file.string());
    return parser(table, file).parse();
  } catch (const toml::parse_error& error) {
    const toml::source_position place = error.source().begin;
    return refuse("{}:{}:{}: {}", file.string(), place.line, place.column, error.description());
  }
}

outcome<scenario> read_scenario(const fs::path& file) {
  std::ifstream stream(file, std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (!stream.good() && !stream.eof()) return refuse("cannot read {}", file.string());
  if (!fs::is_regular_file(file)) return refuse("there is no file {}", file.string());
  return parse_scenario(text, file);
}

}  // namespace mirage::simulator
