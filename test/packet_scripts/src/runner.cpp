// SPDX-License-Identifier: ISC
#include "runner.hpp"

#include <algorithm>
#include <cstring>
#include <deque>

#include "compare.hpp"
#include "host.hpp"
#include "wire.hpp"

namespace mirage::scripts {

namespace {

// Timers of the node have ticks of about a microsecond.
constexpr duration tolerance = 1ms;

double seconds(duration length) { return static_cast<double>(length.count()) / 1e9; }

// The other end of the wire: what the host sends is kept with its time.
class peer {
 public:
  struct frame {
    instant when;
    std::string bytes;
  };

  peer(test::virtual_node& node, const setting& on)
      : node_(node),
        on_(on),
        network_(*mac_address::parse(on.who.peer_mac), {.mtu = 65535, .queue = 65536}),
        listening_(network_.listen(*this)) {}

  [[nodiscard]] memory::network& interface() noexcept { return network_; }
  void send(const std::string& bytes) {
    auto fill = [&](mirage::bytes to) noexcept {
      std::memcpy(to.data(), bytes.data(), bytes.size());
      return bytes.size();
    };
    if (!network_.write({.header = bytes.size()}, fill, {})) throw unmet("the wire does not take the frame");
  }

  void input(buffer&& came, const v1::received&) {
    const std::string bytes{came.text()};
    learnt_numbers none;
    const packet seen = decode(bytes, none);
    if (is_hidden(seen)) return answer(seen);
    frames.push_back({node_.time(), bytes});
  }
  void batch_end() {}
  void writable() {}

  std::deque<frame> frames;

 private:
  [[nodiscard]] bool is_hidden(const packet& seen) const {
    if (seen.find("arp") != nullptr) return !on_.arp_by_hand;
    if (seen.find("ns") != nullptr) return !on_.neighbours_by_hand;
    if (seen.find("rs") != nullptr) return !on_.router_by_hand;
    const layer* const ip = seen.find("ipv4");
    const bool igmp = ip != nullptr && ip->get("proto") == "2";
    return (igmp || seen.find("report") != nullptr) && !on_.groups_by_hand;
  }

  // For everybody but the host itself.
  void answer(const packet& question) {
    if (const layer* const asked = question.find("arp")) {
      const std::string wanted = asked->get("tpa");
      if (asked->number("op") != 1 || asked->get("spa") == wanted || wanted == on_.who.host_ip) return;
      layer reply{"arp", {{"op", "2"}, {"spa", wanted}, {"tpa", asked->get("spa")}}};
      reply.set("tha", asked->get("sha"));
      send(encode({{reply}}, on_.who, {}));
    } else if (const layer* const solicited = question.find("ns")) {
      const std::string who = question.find("ipv6")->get("src");
      if (who == "::") return;
      const std::string target = solicited->get("target");
      const layer reply{"na", {{"target", target}, {"solicited", "1"}, {"override", "1"}}};
      send(encode({{{"ipv6", {{"src", target}, {"dst", who}}}, reply, {"target-link", {}}}}, on_.who, {}));
    }
  }

  test::virtual_node& node_;
  const setting& on_;
  memory::network network_;
  subscription listening_;
};

class player {
 public:
  explicit player(const script& what)
      : what_(what), peer_(node_, what.on), host_(node_, what.on, numbers_.names) {
    connect(host_.interface(), peer_.interface());
  }

  void play() {
    host_.start();
    if (!what_.on.arp_by_hand) introduce();
    if (what_.on.ipv6) start_ipv6();
    begin_ = last_ = node_.time();
    for (const step& each : what_.steps) perform(each);
    node_.settle();
    if (!peer_.frames.empty())
      complain(what_.steps.back(), "after the last line the host sends\n", peer_.frames.front());
  }

 private:
  // Both know each other's station when the script begins.
  void introduce() {
    node_.advance(3s);
    layer question{"arp", {{"op", "1"}}};
    peer_.send(encode({{question}}, what_.on.who, numbers_));
    node_.settle();
    peer_.frames.clear();
  }

  // When the script begins its addresses are its own, and a router is known where the script has one.
  void start_ipv6() {
    host_.start_ipv6();
    if (what_.on.boot) return;
    node_.advance(5s);
    if (what_.on.router)
      peer_.send(encode({{{"ipv6", {}}, {"ra", {}}, {"source-link", {}}}}, what_.on.who, numbers_));
    node_.settle();
    peer_.frames.clear();
  }

  void perform(const step& each) {
    const instant since = each.when.since_last ? last_ : begin_;
    learn_link();
    if (each.what == step::kind::sends) return expect(each, since);
    advance_to(each, since + each.when.from);
    last_ = node_.time();
    try {
      if (each.what == step::kind::receives) receive(each);
      if (each.what == step::kind::does) host_.perform(each.command);
    } catch (const unmet& why) {
      throw mistake(each.line, 1, fmt::format("{}\n    {}", why.what(), each.text));
    } catch (const std::logic_error&) {
      throw mistake(each.line, 1, fmt::format("a number is not understood\n    {}", each.text));
    }
    node_.settle();
  }

  void learn_link() {
    if (const auto link = host_.link_address()) numbers_.names.try_emplace("$link", *link);
  }

  void receive(const step& each) {
    const packet sent = resolved(each.carried, numbers_);
    for (const layer& one : sent.layers)
      for (const field& it : one.fields)
        if (it.name != "data" && it.value.starts_with('$'))
          throw unmet(fmt::format("nothing is called {} yet", it.value));
    peer_.send(encode(sent, what_.on.who, numbers_));
  }

  void advance_to(const step& each, instant when) {
    if (when < node_.time()) throw mistake(each.line, 1, "this time is past");
    if (when > node_.time()) node_.advance(when - node_.time());
    node_.settle();
    if (!peer_.frames.empty())
      complain(each, "before this line the host sends, and no line says so\n", peer_.frames.front());
  }

  void expect(const step& each, instant since) {
    const instant first = since + each.when.from;
    const instant end = since + each.when.to + tolerance;
    if (peer_.frames.empty() && end > node_.time())
      node_.run_until([this] { return !peer_.frames.empty(); }, end - node_.time());
    if (peer_.frames.empty())
      throw mistake(each.line, 1, fmt::format("the host sends nothing\n    {}", each.text));
    const peer::frame came = peer_.frames.front();
    peer_.frames.pop_front();
    if (came.when < first || came.when > end) {
      complain(each,
               fmt::format("the host sends this {:.6f} s after the line before, not {:.6f}..{:.6f} s\n",
                           seconds(came.when - since), seconds(each.when.from), seconds(each.when.to)),
               came);
    }
    last_ = came.when;
    learn_link();
    const packet seen = decode(came.bytes, numbers_);
    const auto differences = compare(resolved(each.carried, numbers_), seen, what_.on.who, numbers_);
    if (differences.empty()) return;
    std::string words = fmt::format("the host sends another packet\n    {}\n", each.text);
    words += fmt::format("    {:<16} {:<24} {}\n", "", "the script", "the host");
    for (const difference& one : differences)
      words += fmt::format("    {:<16} {:<24} {}\n", one.where, one.wanted, one.seen);
    throw mistake(each.line, 1, words + "    all of it: " + shown(seen));
  }

  [[noreturn]] void complain(const step& each, const std::string& why, const peer::frame& came) {
    throw mistake(each.line, 1,
                  fmt::format("{}    {}\n    at {:.6f} s: {}", why, each.text, seconds(came.when - begin_),
                              shown(decode(came.bytes, numbers_))));
  }

  const script& what_;
  test::virtual_node node_;
  peer peer_;
  learnt_numbers numbers_;
  host host_;
  instant begin_{};
  instant last_{};
};

}  // namespace

std::optional<std::string> run_script(std::string_view text) {
  try {
    const script what = read_script(text);
    player(what).play();
    return std::nullopt;
  } catch (const std::exception& why) {
    return why.what();
  }
}

}  // namespace mirage::scripts
