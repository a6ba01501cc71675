// SPDX-License-Identifier: ISC
#include "host.hpp"

#include <algorithm>
#include <charconv>

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

host::host(test::virtual_node& node, const setting& on)
    : node_(node),
      on_(on),
      network_(mac_of(on.who.host_mac), {.mtu = on.mtu}),
      resolution_("arp", link_, {.probe = on.probe}),
      ip_("ipv4", link_, resolution_, ip_options(on)),
      tcp_(ip_, "tcp", tcp_options_of(on)),
      stack_("stack", network_, link_, resolution_, ip_, icmp_, udp_, tcp_) {
  for (const std::string& group : on.groups) static_cast<void>(ip_.join(ip_of(group)));
}

host::~host() {
  running_.cancel();
  flow_.reset();
  listener_.reset();
}

void host::start() {
  if (!node_.run(ip_.start())) throw unmet("the host cannot take its address");
  for (const std::string& more : on_.addresses)
    if (!ip_.add_address(*ipv4_prefix::parse(more))) throw unmet("the host cannot take an address");
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
    std::size_t size = 0;
    if (!from.empty()) size = std::stoul(from.take("").text);
    pinged_ = "nobody has answered yet";
    static_cast<void>(running_.spawn("ping", &host::ping, this, ip_of(to.text), size));
  } else if (what.text == "pinged") {
    expect(pinged_ == "answered", pinged_);
  } else if (what.text == "unanswered") {
    expect(pinged_ == "unreachable", pinged_);
  } else if (what.text == "claim") {
    claimed_ = "nothing is decided yet";
    static_cast<void>(running_.spawn("claim", &host::claim, this, ip_of(from.take("an address").text)));
  } else if (what.text == "claimed" || what.text == "refused") {
    expect(claimed_ == what.text, claimed_);
  } else {
    tcp_command(what, from);
  }
  from.end();
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

task<> host::ping(ipv4_address to, std::size_t size) {
  auto answered = co_await icmp_.ping(to, size, 1s);
  pinged_ = answered ? "answered" : "unreachable";
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
