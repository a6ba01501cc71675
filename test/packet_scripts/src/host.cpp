// SPDX-License-Identifier: ISC
#include "host.hpp"

#include <algorithm>
#include <charconv>

#include "ipv6_words.hpp"
#include "mirage/core/format.hpp"
#include "notation.hpp"

namespace mirage::scripts {

namespace {

mac_address mac_of(const std::string& text) { return *mac_address::parse(text); }
ipv4_address ip_of(const std::string& text) { return *ipv4_address::parse(text); }

ipv4_options ip_options(const setting& on) {
  ipv4_options options{.address = ipv4_prefix::parse(fmt::format("{}/{}", on.who.host_ip, on.who.prefix))};
  if (!on.gateway.empty()) options.gateway = ip_of(on.gateway);
  return options;
}

ipv6_options ipv6_options_of(const setting& on) {
  ipv6_options options;
  options.discovery.accept_router_advertisements = on.router;
  options.discovery.duplicate_detections = static_cast<std::uint8_t>(on.detections);
  if (!on.link_only) options.address = ipv6_prefix::parse(fmt::format("{}/{}", on.who.host_ip6, on.prefix6));
  if (!on.gateway6.empty()) options.gateway = ipv6_address::parse(on.gateway6);
  return options;
}

tcp_options tcp_options_of(const setting& on) {
  tcp_options options;
  for (const std::string& each : on.tcp) {
    if (each == "no-sack") options.sack = false;
    if (each == "no-timestamps") options.timestamps = false;
    if (each == "no-scaling") options.window_scaling = false;
    if (each == "no-ecn") options.ecn = false;
    if (each == "new-reno") options.congestion = congestion_algorithm::new_reno;
  }
  return options;
}

}  // namespace

host::host(test::virtual_node& node, const setting& on, const std::map<std::string, std::string>& names)
    : node_(node),
      on_(on),
      names_(names),
      network_(mac_of(on.who.host_mac), {.mtu = on.mtu}),
      resolution_("arp", link_, {.probe = on.probe}),
      ip_("ipv4", link_, resolution_, ip_options(on)),
      ip6_("ipv6", link_, ipv6_options_of(on)),
      tcp_(ip_, ip6_, "tcp", tcp_options_of(on)),
      stack_("stack", network_, link_, resolution_, ip_, icmp_, udp_, tcp_, ip6_, icmp6_) {
  for (const std::string& group : on.groups)
    if (const auto v4 = ipv4_address::parse(group)) static_cast<void>(ip_.join(*v4));
}

host::~host() {
  running_.cancel();
  flow_.reset();
  listener_.reset();
}

void host::start() {
  if (!node_.run(ip_.start())) throw unmet("the host cannot take its address");
  for (const std::string& more : on_.addresses)
    if (const auto v4 = ipv4_prefix::parse(more); v4 && !ip_.add_address(*v4))
      throw unmet("the host cannot take an address");
}

void host::start_ipv6() {
  if (!node_.run(ip6_.start())) throw unmet("the host cannot take its address");
  for (const std::string& more : on_.addresses)
    if (const auto v6 = ipv6_prefix::parse(more); v6 && !ip6_.add_address(*v6))
      throw unmet("the host cannot take an address");
  for (const std::string& group : on_.groups)
    if (const auto v6 = ipv6_address::parse(group)) static_cast<void>(ip6_.join(*v6));
}

std::optional<std::string> host::link_address() const {
  for (const ipv6_address& each : ip6_.addresses())
    if (each.is_link_local()) return text_of(each);
  return std::nullopt;
}

// ---- Commands ----

void host::perform(words from) {
  const word what = from.take("a command");
  if (what.text == "udp") {
    udp_command(from);
  } else if (what.text == "counted") {
    check_count(from);
  } else if (what.text == "ping") {
    const word to = from.take("an address");
    const auto address = ip_address::parse(resolved(to.text));
    if (!address) from.complain(to, fmt::format("`{}` is no address", to.text));
    std::size_t size = 0;
    if (!from.empty()) size = std::stoul(from.take("").text);
    pinged_ = "nobody has answered yet";
    static_cast<void>(running_.spawn("ping", &host::ping, this, *address, size));
  } else if (what.text == "pinged") {
    expect(pinged_ == "answered", pinged_);
  } else if (what.text == "unanswered") {
    expect(pinged_ == "unreachable", pinged_);
  } else if (what.text == "claim") {
    claimed_ = "nothing is decided yet";
    static_cast<void>(running_.spawn("claim", &host::claim, this, ip_of(from.take("an address").text)));
  } else if (what.text == "claimed" || what.text == "refused") {
    expect(claimed_ == what.text, claimed_);
  } else if (!ipv6_command(what, from)) {
    tcp_command(what, from);
  }
  from.end();
}

std::string host::resolved(const std::string& text) const {
  const auto found = names_.find(text);
  return found == names_.end() ? text : found->second;
}

ipv6_address host::read_ip6(words& from) const {
  const word given = from.take("an address");
  const auto address = ipv6_address::parse(resolved(given.text));
  if (!address) from.complain(given, fmt::format("`{}` is no address of IPv6", given.text));
  return *address;
}

// `join ff02::1234`, `has $formed`, `source 2001:db8::1 for 2001:db8::2`, `resolvers 2001:db8::53`
bool host::ipv6_command(const word& what, words& from) {
  if (what.text == "join") {
    const auto group = ip_address::parse(resolved(from.take("a group").text));
    expect(group && (group->is_v4() ? ip_.join(group->v4()) : ip6_.join(group->v6())), "it cannot be joined");
  } else if (what.text == "leave") {
    const auto group = ip_address::parse(resolved(from.take("a group").text));
    expect(group.has_value(), "that is no group");
    group->is_v4() ? ip_.leave(group->v4()) : ip6_.leave(group->v6());
  } else if (what.text == "add") {
    const word given = from.take("an address with its network");
    const auto address = ipv6_prefix::parse(given.text);
    if (!address) from.complain(given, fmt::format("`{}` is no address with its network", given.text));
    expect(ip6_.add_address(*address), "it cannot be added");
  } else if (what.text == "remove") {
    ip6_.remove_address(read_ip6(from));
  } else if (what.text == "has" || what.text == "lacks") {
    const bool there = std::ranges::find(ip6_.addresses(), read_ip6(from)) != ip6_.addresses().end();
    expect(there == (what.text == "has"), there ? "it has that address" : "it does not have that address");
  } else if (what.text == "source") {
    const ipv6_address wanted = read_ip6(from);
    if (!from.accept("for")) from.complain("say: source A for B");
    const auto found = ip6_.source_for(read_ip6(from));
    expect(found == wanted, fmt::format("it would send from {}", found ? text_of(*found) : "no address"));
  } else if (what.text == "resolvers") {
    check_resolvers(from);
  } else if (what.text == "dhcp") {
    const bool addresses = from.accept("addresses");
    const bool wanted = !from.accept("none") && (addresses || from.accept("other"));
    expect(ip6_.wants_dhcp_addresses() == addresses, "addresses: it is told otherwise");
    expect(ip6_.wants_dhcp() == wanted, "DHCP: it is told otherwise");
  } else {
    return false;
  }
  return true;
}

// All of them, in their order; `resolvers none`.
void host::check_resolvers(words& from) const {
  std::string wanted;
  if (!from.accept("none"))
    while (!from.empty()) wanted += text_of(read_ip6(from)) + " ";
  std::string there;
  for (const ipv6_address& each : ip6_.dns_servers()) there += text_of(each) + " ";
  expect(there == wanted, there.empty() ? "there are none" : "there are: " + there);
}

std::uint16_t host::read_port(words& from) const {
  const word given = from.take("a port");
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(given.text.data(), given.text.data() + given.text.size(), port);
  if (error != std::errc() || *end != '\0') from.complain(given, fmt::format("`{}` is no port", given.text));
  return port;
}

endpoint host::read_endpoint(words& from) const {
  const word given = from.take("an address and port");
  const auto found = endpoint::parse(given.text);
  if (!found)
    from.complain(given, fmt::format("`{}` is no address and port; write it as 10.0.0.2:80", given.text));
  return *found;
}

std::string host::read_data(words& from, std::size_t position) const {
  const word given = from.take("a text, or a number of bytes");
  if (given.quoted) return given.text;
  if (given.text.starts_with("0x")) return bytes_of(given.text).value_or("");
  return pattern(std::stoul(given.text), position);
}

// `counted ipv4 bad_checksum`: one more since it was last looked at; `counted ipv4 bad_checksum 3`.
void host::check_count(words& from) {
  const std::string prefix = from.take("a package").text + "_";
  const std::string reason = fmt::format("reason=\"{}\"", from.take("a reason").text);
  const std::uint64_t wanted = from.empty() ? 1 : std::stoul(from.take("").text);
  std::string all(256 * 1024, '\0');
  text_writer out(std::span<char>(all.data(), all.size()));
  node_.counters.write_prometheus(out);
  std::uint64_t value = 0;
  for (std::string_view rest = out.text(); !rest.empty();) {
    const auto end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    if (line.starts_with(prefix) && line.find(reason) != line.npos)
      value += std::stoul(std::string{line.substr(line.rfind(' ') + 1)});
  }
  std::uint64_t& before = counted_[prefix + reason];
  const std::uint64_t more = value - std::exchange(before, value);
  expect(more == wanted, fmt::format("{} were counted", more));
}

void host::udp_command(words& from) {
  const word what = from.take("listen, echo, heard or send");
  if (what.text == "listen" || what.text == "echo") {
    udp_listen(read_port(from), what.text == "echo");
  } else if (what.text == "heard") {
    const std::string wanted = read_data(from);
    expect(!heard_.empty(), "nothing was heard");
    const heard first = heard_.front();
    heard_.pop_front();
    expect(first.data == wanted, fmt::format("{} was heard", shown(field{"data", first.data})));
    if (from.accept("from")) expect(first.from == read_endpoint(from), "it came from somebody else");
  } else if (what.text == "silence") {
    expect(heard_.empty(), "something was heard");
  } else if (what.text == "send") {
    const std::uint16_t port = read_port(from);
    const endpoint to = read_endpoint(from);
    const std::string data = read_data(from);
    v1::datagram_route way{.destination = to, .source = {{}, port}};
    if (from.accept("ttl")) way.ttl = static_cast<std::uint8_t>(std::stoul(from.take("a number").text));
    const auto sent = udp_.write(way, data.size(), [&](bytes out) noexcept {
      std::ranges::copy(as_bytes(data), out.begin());
      return data.size();
    });
    if (from.accept("refused")) return expect(!sent, "it was taken");
    expect(sent.has_value(), sent ? "" : std::string{describe(sent.error())});
  } else {
    from.complain(what, "udp does: listen, echo, heard, silence, send");
  }
}

void host::udp_listen(std::uint16_t port, bool echo) {
  auto listening = udp_.listen({{}, port}, [this, echo](v1::datagram&& came) noexcept {
    const std::string data{came.payload.text()};
    if (!echo) return heard_.push_back({data, came.source});
    static_cast<void>(udp_.write({.destination = came.source, .source = came.destination}, data.size(),
                                 [&](bytes out) noexcept {
                                   std::ranges::copy(as_bytes(data), out.begin());
                                   return data.size();
                                 }));
  });
  if (!listening) throw unmet(std::string{describe(listening.error())});
  udp_ports_[port] = *std::move(listening);
}

void host::tcp_command(const word& what, words& from) {
  const auto start = [&](auto member, auto... values) {
    static_cast<void>(running_.spawn("application", member, this, values...));
  };
  if (what.text == "listen") {
    auto listening = tcp_.listen({{}, read_port(from)});
    if (!listening) throw unmet(std::string{describe(listening.error())});
    listener_.emplace(*std::move(listening));
  } else if (what.text == "accept") {
    flow_state_ = "nobody has connected";
    start(&host::accept);
  } else if (what.text == "connect") {
    flow_state_ = "it is not connected yet";
    start(&host::connect, read_endpoint(from));
  } else if (what.text == "connected" || what.text == "failed") {
    const std::string wanted = what.text == "failed" ? read_data(from) : "connected";
    expect(flow_state_ == wanted, flow_state_);
  } else if (what.text == "ended") {
    expect(unread_.empty() && ended_, "the peer has not ended");
  } else if (what.text == "write") {
    start(&host::write, read_data(from, wrote_));
  } else if (what.text == "written") {
    expect(writing_ == 0, "a write still waits");
  } else if (what.text == "read") {
    const std::string wanted = read_data(from, read_);
    expect(unread_.starts_with(wanted), fmt::format("{} is there", shown(field{"data", unread_})));
    unread_.erase(0, wanted.size());
    read_ += wanted.size();
  } else if (what.text == "close" || what.text == "shutdown" || what.text == "abort") {
    expect(flow_.has_value(), flow_state_);
    if (what.text == "close") static_cast<void>(flow_->close());
    if (what.text == "shutdown") static_cast<void>(flow_->shutdown());
    if (what.text != "abort") return;
    running_.cancel();
    flow_.reset();
  } else {
    from.complain(what, fmt::format("there is no command `{}`", what.text));
  }
}

// ---- Tasks of the application ----

task<> host::ping(ip_address to, std::size_t size) {
  if (to.is_v6()) {
    auto answered = co_await icmp6_.ping(to.v6(), size, 1s);
    pinged_ = answered ? "answered" : "unreachable";
  } else {
    auto answered = co_await icmp_.ping(to.v4(), size, 1s);
    pinged_ = answered ? "answered" : "unreachable";
  }
}

task<> host::claim(ipv4_address address) {
  const bool ours = co_await resolution_.claim(address);
  claimed_ = ours ? "claimed" : "refused";
}

task<> host::accept() {
  auto accepted = co_await listener_->accept();
  if (!accepted) {
    flow_state_ = describe(accepted.error());
    co_return;
  }
  flow_.emplace(*std::move(accepted));
  flow_state_ = "connected";
  co_await read();
}

task<> host::connect(endpoint to) {
  auto connected = co_await tcp_.connect(to);
  if (!connected) {
    flow_state_ = describe(connected.error());
    co_return;
  }
  flow_.emplace(*std::move(connected));
  flow_state_ = "connected";
  co_await read();
}

// Always reads, so that the window stays open.
task<> host::read() {
  while (true) {
    auto more = co_await flow_->read();
    if (!more) {
      flow_state_ = describe(more.error());
      co_return;
    }
    if (more->empty()) break;
    unread_ += more->text();
  }
  ended_ = true;
}

task<> host::write(std::string data) {
  ++writing_;
  wrote_ += data.size();
  auto written = co_await flow_->write(buffer::copy_of(as_bytes(data)));
  if (!written) flow_state_ = describe(written.error());
  --writing_;
}

}  // namespace mirage::scripts
