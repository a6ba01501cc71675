// SPDX-License-Identifier: ISC
// One end of a TCP connection on the project's own stack over a tap or an interface of the host.
//
//   direct INTERFACE OUR_ADDRESS/PREFIX send PEER PORT SECONDS      connects, and sends for that long
//   direct INTERFACE OUR_ADDRESS/PREFIX receive PORT                takes one connection, and reads it to its
//   end
//
// INTERFACE is `tap:NAME` or `packet:NAME`. Prints `BYTES SECONDS` of what went through.
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <span>
#include <string_view>

#include <mirage/core/os.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/unikernel.hpp>
#include <mirage/linux/packet.hpp>
#include <mirage/linux/tap.hpp>
#include <mirage/stack.hpp>

namespace {

using namespace mirage;

constexpr std::size_t piece = 128 * 1024;

template <class T>
T number(std::string_view text) {
  T value{};
  std::from_chars(text.begin(), text.end(), value);
  return value;
}

/// What is read from memory that stays, as a server reads a file of its image.
const std::array<std::byte, piece> data{};

void report(std::uint64_t bytes, duration took) {
  std::printf("%llu %.6f\n", static_cast<unsigned long long>(bytes),
              std::chrono::duration<double>(took).count());
}

template <class Stack>
task<> send(Stack& stack, endpoint to, duration length) {
  auto flow = co_await stack.tcp().connect(to);
  if (!flow) {
    std::fprintf(stderr, "connect: %s\n", std::string(describe(flow.error())).c_str());
    co_return;
  }
  const instant start = os::monotonic();
  std::uint64_t sent = 0;
  while (os::monotonic() - start < length) {
    auto done = co_await flow->write(buffer::from_static(data));
    if (!done) break;
    sent += piece;
  }
  report(sent, os::monotonic() - start);
  co_await flow->close();
}

template <class Stack>
task<> receive(Stack& stack, std::uint16_t port) {
  auto listener = stack.tcp().listen({{}, port});
  if (!listener) co_return;
  std::puts("ready");
  std::fflush(stdout);
  auto flow = co_await listener->accept();
  if (!flow) co_return;
  const instant start = os::monotonic();
  std::uint64_t got = 0;
  while (true) {
    auto part = co_await flow->read();
    if (!part || part->empty()) break;
    got += part->size();
  }
  report(got, os::monotonic() - start);
  co_await flow->close();
}

template <class Network>
task<int> work(Network& network, std::span<const std::string_view> words) {
  device_list devices;
  ethernet<Network> link("ethernet", network);
  arp<ethernet<Network>> neighbours("arp", link);
  ipv4<ethernet<Network>, arp<ethernet<Network>>> ip("ipv4", link, neighbours,
                                                     {.address = ipv4_prefix::parse(words[1])});
  icmp<decltype(ip)> control("icmp", ip);
  udp<decltype(ip)> datagrams("udp", ip);
  tcp<decltype(ip)> connections(ip, "tcp");
  if (!co_await devices.start("network", network)) co_return co_await devices.give_up();
  if (!co_await devices.start("ipv4", ip)) co_return co_await devices.give_up();
  if (!co_await devices.start("tcp", connections)) co_return co_await devices.give_up();
  {
    stack<Network, decltype(link), decltype(neighbours), decltype(ip), decltype(control), decltype(datagrams),
          decltype(connections)>
        whole("stack", network, link, neighbours, ip, control, datagrams, connections);
    if (words[2] == "send") {
      const endpoint to{*ip_address::parse(words[3]), number<std::uint16_t>(words[4])};
      co_await send(whole, to, std::chrono::seconds(number<int>(words[5])));
    } else {
      co_await receive(whole, number<std::uint16_t>(words[3]));
    }
    co_await connections.stop();
  }
  co_await devices.stop();
  co_return exit_status::ok;
}

}  // namespace

constinit const mirage::image_info mirage::image{"direct", "unix", {}};

mirage::task<int> mirage::run(std::span<const std::string_view> words) {
  const bool enough = words.size() >= 4 && (words[2] == "receive" || words.size() == 6);
  if (!enough) co_return exit_status::bad_argument;
  const std::size_t colon = words[0].find(':');
  const std::string_view interface = words[0].substr(colon + 1);
  if (words[0].starts_with("tap:")) {
    tap network("network", interface);
    co_return co_await work(network, words);
  }
  packet network("network", interface);
  co_return co_await work(network, words);
}
