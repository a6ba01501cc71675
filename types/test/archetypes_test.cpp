// SPDX-License-Identifier: ISC
// Two proofs: the archetypes satisfy the concepts, so no concept asks for more than they have; and generics
// that use every operation in the ways the contracts allow compile with the archetypes, so no concept asks
// for less than its users need.
#include "archetypes.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <utility>

namespace mirage {
namespace {

static_assert(v1::device<archetypes::device>);
static_assert(v1::flow<archetypes::flow>);
static_assert(v1::listener<archetypes::listener>);
static_assert(v1::channel<archetypes::channel>);
static_assert(v1::console<archetypes::console>);
static_assert(v1::wall_clock<archetypes::wall_clock>);
static_assert(v1::monotonic_clock<archetypes::monotonic_clock>);
static_assert(v1::random<archetypes::random>);
static_assert(v1::network<archetypes::network>);
static_assert(v1::ethernet<archetypes::ethernet>);
static_assert(v1::arp<archetypes::arp>);
static_assert(v1::ip<archetypes::ip<ipv4_address>>);
static_assert(v1::ip<archetypes::ip<ipv6_address>>);
static_assert(v1::icmp<archetypes::icmp<ipv4_address>>);
static_assert(v1::icmp<archetypes::icmp<ipv6_address>>);
static_assert(v1::udp<archetypes::udp>);
static_assert(v1::tcp_flow<archetypes::tcp_flow>);
static_assert(v1::listener<archetypes::tcp_listener>);
static_assert(v1::tcp<archetypes::tcp>);
static_assert(v1::stack<archetypes::stack>);
static_assert(v1::resolver<archetypes::resolver>);
static_assert(v1::block<archetypes::block>);
static_assert(v1::kv_ro<archetypes::kv_ro>);
static_assert(v1::kv_assets<archetypes::kv_assets>);
static_assert(v1::kv_rw<archetypes::kv_rw>);
static_assert(v1::fs<archetypes::fs>);
static_assert(v1::http_request<archetypes::http_request>);
static_assert(v1::http_exchange<archetypes::http_exchange>);
static_assert(v1::http_server<archetypes::http_server>);
static_assert(v1::http_reply<archetypes::http_response>);
static_assert(v1::http_client<archetypes::http_client>);

// An archetype of one thing is not one of another.
static_assert(!v1::kv_rw<archetypes::kv_ro>);
static_assert(!v1::kv_assets<archetypes::kv_ro>);
static_assert(!v1::tcp_flow<archetypes::flow>);
static_assert(!v1::flow<archetypes::console>);
static_assert(!v1::wall_clock<archetypes::monotonic_clock>);
static_assert(!v1::ip<archetypes::icmp<ipv4_address>>);

// ---- Generics, as users and layers write them ----------------------------------------------------------

template <v1::flow Flow>
task<result<void, v1::flow_error>> copy(Flow& from, Flow& to) {
  while (true) {
    MIRAGE_CO_TRY(buffer data, co_await from.read());
    if (data.empty()) break;
    buffer_list list;
    list.push_back(data.share());
    MIRAGE_CO_TRY_VOID(co_await to.write(std::move(data)));
    MIRAGE_CO_TRY_VOID(co_await to.write(std::move(list)));
  }
  co_await to.shutdown();
  co_await from.close();
  co_return {};
}

template <v1::listener Listener>
task<std::uint16_t> accept_some(Listener listener) {
  auto flow = co_await listener.accept();
  if (flow) {
    typename Listener::flow kept = *std::move(flow);
    auto copied = co_await copy(kept, kept);
    if (!copied) co_await kept.close();
  }
  co_return listener.local().port;
}

template <v1::channel Channel>
task<result<void, v1::channel_error>> echo_line(Channel& channel) {
  MIRAGE_CO_TRY(buffer line, co_await channel.read_line());
  MIRAGE_CO_TRY(buffer four, co_await channel.read_exactly(4));
  MIRAGE_CO_TRY(buffer rest, co_await channel.read_some());
  MIRAGE_CO_TRY_VOID(co_await channel.write(rest.view()));
  MIRAGE_CO_TRY_VOID(co_await channel.write_line(line.text()));
  co_return co_await channel.flush();
}

template <v1::console Console>
task<> prompt(Console& console) {
  auto asked = co_await console.write(buffer::from_static(as_bytes("? ")));
  auto typed = co_await console.read();
  buffer_list list;
  if (asked && typed) list.push_back(*std::move(typed));
  auto answered = co_await console.write(std::move(list));
  if (!answered) co_return;
}

template <v1::wall_clock Wall, v1::monotonic_clock Monotonic, v1::random Random>
duration skew(Wall& wall, Monotonic& monotonic, Random& random) {
  std::byte jitter{};
  random.fill({&jitter, 1});
  const duration step = wall.resolution().value_or(1ns) + monotonic.resolution().value_or(1ns);
  return wall.now().time_since_epoch() - monotonic.now().time_since_epoch() + step * static_cast<int>(jitter);
}

std::size_t zeros(bytes to) noexcept {
  std::memset(to.data(), 0, to.size());
  return to.size();
}

/// A stack of layers, wired as the direct stack does it: each is passive, and what receives is passed down.
template <v1::network Network, v1::ethernet Ethernet, v1::arp Arp, v1::ip Ip, v1::icmp Icmp>
class layers {
 public:
  using address = typename Ip::address;
  using header = v1::ip_header<address>;

  layers(Network& network, Ethernet& ethernet, Arp& arp, Ip& ip, Icmp& icmp)
      : ethernet_(ethernet), arp_(arp), ip_(ip), icmp_(icmp), listening_(network.listen(*this)) {}

  void input(buffer&& frame, const v1::received& how) { ethernet_.input(std::move(frame), how, *this); }
  void batch_end() {}
  void writable() {}

  void arp(buffer&& packet, const v1::received&) { arp_.input(std::move(packet)); }
  void ipv4(buffer&& packet, const v1::received& how) { ip_.input(std::move(packet), how, *this); }
  void ipv6(buffer&& packet, const v1::received& how) { ip_.input(std::move(packet), how, *this); }

  void tcp(const header&, buffer&&, const v1::received&) {}
  void udp(const header& from, buffer&& payload, const v1::received&) {
    buffer_list slices;
    slices.push_back(std::move(payload));
    const header back{.source = from.destination, .destination = from.source, .protocol = from.protocol};
    if (!ip_.write(back, {.header = 8}, zeros, std::move(slices))) ++refused_;
  }
  void icmp(const header& from, buffer&& message, const v1::received&) {
    icmp_.input(from, std::move(message), *this);
  }
  void reported(const v1::icmp_report<address>& report) { refused_ += report.quoted.size(); }

  task<> greet(ipv4_address neighbour, address far) {
    if (!arp_.add(neighbour)) co_return;
    auto mac = co_await arp_.query(neighbour);
    auto route = ip_.route(far);
    if (!mac || !route || ip_.addresses().empty()) co_return;
    auto asked = ethernet_.write(*mac, 0x0800, {.header = ethernet_.capabilities().mtu}, zeros, {});
    auto sent = arp_.write(neighbour, {.header = 20}, zeros, {});
    auto took = co_await icmp_.ping(far, 56, 1s);
    if (!asked || !sent || !took) ++refused_;
    arp_.remove(neighbour);
  }

 private:
  Ethernet& ethernet_;
  Arp& arp_;
  Ip& ip_;
  Icmp& icmp_;
  std::size_t refused_ = 0;
  subscription listening_;
};

template <v1::network Network>
result<void, v1::net_error> flood(Network& network) {
  const v1::transmit how{.header = network.mac().octets().size() + network.capabilities().mtu};
  return network.write(how, [](bytes to) noexcept { return to.size(); }, {});
}

template <v1::stack Stack, v1::resolver Resolver>
task<> use(Stack& stack, Resolver& resolver) {
  auto& udp = stack.udp();
  auto handler = [&udp](v1::datagram&& came) noexcept {
    (void)udp.write({.destination = came.source, .source = came.destination}, 1, zeros);
  };
  auto listening = udp.listen({{}, 53}, handler);
  auto joined = udp.join(stack.addresses().front(), 0);
  if (joined) udp.leave(stack.addresses().front(), 0);
  auto found = co_await resolver.resolve("example.org");
  if (!found || !listening) co_return;
  auto flow = co_await stack.tcp().connect({found->front(), 80});
  if (!flow) co_return;
  typename Stack::flow kept = *std::move(flow);
  kept.no_delay(true);
  kept.keep_alive(1min);
  if (kept.peer() == kept.local()) co_await kept.close();
  auto listener = stack.tcp().listen(endpoint{});
  if (!listener) co_return;
  typename Stack::listener port = *std::move(listener);
  auto accepted = co_await accept_some(std::move(port));
  if (accepted != 0) co_return;
}

template <v1::block Block>
task<result<void, v1::block_error>> swap_ends(Block& disk) {
  const v1::block_info info = disk.info();
  MIRAGE_CO_TRY(buffer first, co_await disk.read(0, 1));
  MIRAGE_CO_TRY(buffer last, co_await disk.read(info.sectors - 1, 1));
  buffer_list list;
  list.push_back(std::move(first));
  MIRAGE_CO_TRY_VOID(co_await disk.write(info.sectors - 1, std::move(list)));
  MIRAGE_CO_TRY_VOID(co_await disk.write(0, std::move(last)));
  MIRAGE_CO_TRY_VOID(co_await disk.discard(1, info.sectors - 2));
  co_return co_await disk.flush();
}

template <v1::kv_ro Store>
task<result<std::uint64_t, v1::kv_error>> measure(Store& store) {
  MIRAGE_CO_TRY(auto items, co_await store.list(""));
  std::uint64_t total = 0;
  for (const v1::kv_item& item : items) {
    if (item.dictionary) continue;
    MIRAGE_CO_TRY(const std::uint64_t size, co_await store.size(item.name));
    MIRAGE_CO_TRY(buffer whole, co_await store.get(item.name));
    MIRAGE_CO_TRY(buffer part, co_await store.get(item.name, 0, 1));
    MIRAGE_CO_TRY(auto changed, co_await store.last_modified(item.name));
    MIRAGE_CO_TRY(auto digest, co_await store.digest(item.name));
    total += size + whole.size() + part.size() + digest.size();
    if (changed == wall_time{}) break;
  }
  if constexpr (v1::kv_assets<Store>) {
    const v1::asset* found = store.find("index.html");
    if (found != nullptr) total += found->identity.size();
  }
  co_return total;
}

template <v1::kv_rw Store>
task<result<void, v1::kv_error>> edit(Store& store) {
  MIRAGE_CO_TRY_VOID(co_await store.set("a/b", buffer{}));
  MIRAGE_CO_TRY_VOID(co_await store.set_partial("a/b", 7, buffer{}));
  MIRAGE_CO_TRY_VOID(co_await store.rename("a/b", "c"));
  MIRAGE_CO_TRY_VOID(co_await store.remove("c"));
  co_return co_await store.sync();
}

template <v1::fs Files>
task<result<std::uint64_t, v1::fs_error>> edit(Files& files) {
  MIRAGE_CO_TRY_VOID(co_await files.make_directory("a"));
  MIRAGE_CO_TRY_VOID(co_await files.create("a/b"));
  MIRAGE_CO_TRY_VOID(co_await files.write("a/b", 0, buffer{}));
  MIRAGE_CO_TRY_VOID(co_await files.truncate("a/b", 10));
  MIRAGE_CO_TRY(buffer data, co_await files.read("a/b", 0, 10));
  MIRAGE_CO_TRY(auto items, co_await files.list("a"));
  MIRAGE_CO_TRY_VOID(co_await files.rename("a/b", "c"));
  MIRAGE_CO_TRY(auto status, co_await files.stat("c"));
  MIRAGE_CO_TRY_VOID(co_await files.remove("c"));
  MIRAGE_CO_TRY_VOID(co_await files.sync());
  co_return status.size + data.size() + items.size();
}

template <v1::http_exchange Exchange>
task<> answer(Exchange& exchange) {
  const auto& request = exchange.request();
  auto body = co_await exchange.read_body();
  if (!body) co_return;
  if (request.method() != "POST" || request.header("expect")) {
    v1::http_response whole{.content_type = request.path(), .body = *std::move(body)};
    auto sent = co_await exchange.respond(std::move(whole));
    if (!sent || request.target() == request.query()) co_return;
  }
  v1::http_response head{.status = request.peer().port};
  auto begun = co_await exchange.begin(std::move(head));
  auto written = co_await exchange.write(buffer::from_static(as_bytes("part")));
  auto ended = co_await exchange.end();
  if (!begun || !written || !ended) co_return;
}

template <v1::http_server Server, v1::http_client Client>
task<> serve_and_ask(Server& server, Client& client) {
  auto handler = [](typename Server::exchange& exchange) { return answer(exchange); };
  auto served = co_await server.serve({{}, 80}, handler);
  v1::http_call call{.uri = "http://localhost/"};
  auto reply = co_await client.request(std::move(call));
  if (!served || !reply) co_return;
  typename Client::response response = *std::move(reply);
  auto body = co_await response.read_body();
  if (body && response.status() == 200 && response.headers().size() == 1 && response.header("date"))
    co_return;
}

using ip4 = archetypes::ip<ipv4_address>;
using ip6 = archetypes::ip<ipv6_address>;
using icmp4 = archetypes::icmp<ipv4_address>;
using icmp6 = archetypes::icmp<ipv6_address>;
template class layers<archetypes::network, archetypes::ethernet, archetypes::arp, ip4, icmp4>;
template class layers<archetypes::network, archetypes::ethernet, archetypes::arp, ip6, icmp6>;
template result<void, v1::net_error> flood(archetypes::network&);
template task<std::uint16_t> accept_some(archetypes::listener);
template task<result<void, v1::channel_error>> echo_line(archetypes::channel&);
template task<> prompt(archetypes::console&);
template duration skew(archetypes::wall_clock&, archetypes::monotonic_clock&, archetypes::random&);
template task<> use(archetypes::stack&, archetypes::resolver&);
template task<result<void, v1::block_error>> swap_ends(archetypes::block&);
template task<result<std::uint64_t, v1::kv_error>> measure(archetypes::kv_ro&);
template task<result<std::uint64_t, v1::kv_error>> measure(archetypes::kv_assets&);
template task<result<void, v1::kv_error>> edit(archetypes::kv_rw&);
template task<result<std::uint64_t, v1::fs_error>> edit(archetypes::fs&);
template task<> serve_and_ask(archetypes::http_server&, archetypes::http_client&);

// What an archetype hands to an implementation is the least, too: the sinks and callables of v1.hpp.
static_assert(v1::fill<v1::archetype::fill>);
static_assert(v1::network_sink<v1::archetype::network_sink>);
static_assert(!std::copy_constructible<v1::archetype::fill>);
static_assert(!std::default_initializable<v1::archetype::datagram_handler>);
static_assert(!std::move_constructible<v1::archetype::network_sink>);

// The concepts are checked above, while compiling; this says so where tests are counted.
TEST(archetypes, satisfy_the_concepts) {
  EXPECT_TRUE(v1::stack<archetypes::stack>);
  EXPECT_TRUE(v1::http_server<archetypes::http_server>);
  EXPECT_TRUE(v1::kv_rw<archetypes::kv_rw>);
}

}  // namespace
}  // namespace mirage
