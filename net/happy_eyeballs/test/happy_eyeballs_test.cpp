// SPDX-License-Identifier: ISC
// Connecting by name over a stack in memory, some of whose hosts are slow.
#include "mirage/happy_eyeballs.hpp"

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <mirage/core/sleep.hpp>
#include <mirage/memory/resolver.hpp>
#include <mirage/memory/stack.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

constexpr ip_address six = "2001:db8::80";
constexpr ip_address four = "192.0.2.80";
constexpr ip_address closed_six = "2001:db8::81";

/// A stack in memory whose connections to some addresses take their time.
class slow_stack {
 public:
  class slow_tcp {
   public:
    using flow = memory::flow;
    using listener = memory::listener;
    explicit slow_tcp(memory::tcp& below) : below_(below) {}
    slow_tcp(const slow_tcp&) = delete;
    [[nodiscard]] std::string_view name() const noexcept { return "slow"; }
    task<result<flow, v1::flow_error>> connect(endpoint peer) {
      begun.emplace_back(peer.address, os::now());
      ++underway;
      const auto leave = std::unique_ptr<int, void (*)(int*)>(&underway, [](int* count) { --*count; });
      if (delays.contains(peer.address)) co_await sleep_for(delays[peer.address]);
      auto made = co_await below_.connect(peer);
      co_return std::move(made);
    }
    result<listener, v1::listen_error> listen(const endpoint& local) { return below_.listen(local); }

    std::map<ip_address, duration> delays;
    std::vector<std::pair<ip_address, instant>> begun;
    int underway = 0;

   private:
    memory::tcp& below_;
  };
  using flow = memory::flow;
  using listener = memory::listener;

  explicit slow_stack(memory::stack& below) : below_(below), tcp_(below.tcp()) {}
  slow_stack(const slow_stack&) = delete;
  [[nodiscard]] std::string_view name() const noexcept { return "slow_stack"; }
  [[nodiscard]] slow_tcp& tcp() noexcept { return tcp_; }
  [[nodiscard]] memory::udp& udp() noexcept { return below_.udp(); }
  [[nodiscard]] std::vector<ip_address> addresses() const { return below_.addresses(); }

 private:
  memory::stack& below_;
  slow_tcp tcp_;
};
static_assert(v1::stack<slow_stack>);

/// A resolver whose answers for the two versions come when the test says.
class slow_resolver {
 public:
  slow_resolver(duration v6, duration v4) : v6_(v6), v4_(v4) {}
  slow_resolver(const slow_resolver&) = delete;
  [[nodiscard]] std::string_view name() const noexcept { return "slow_resolver"; }
  using answer = result<v1::address_list, v1::resolve_error>;
  task<answer> resolve(std::string_view host) { return resolve_v4(host); }
  task<answer> resolve_v6(std::string_view) { return after(v6_, six); }
  task<answer> resolve_v4(std::string_view) { return after(v4_, four); }

 private:
  static task<answer> after(duration delay, ip_address address) {
    co_await sleep_for(delay);
    v1::address_list only;
    only.push_back(address);
    co_return only;
  }
  duration v6_;
  duration v4_;
};
static_assert(resolves_versions<slow_resolver>);
static_assert(!resolves_versions<memory::resolver>);

struct host_pair {
  host_pair() { listener = *server.tcp().listen({{}, 80}); }
  template <class Resolver>
  std::string connect(Resolver& by, std::string_view name, std::uint16_t port = 80) {
    auto work = [&]() -> task<std::string> {
      auto flow = co_await connect_by_name(slow, by, name, port);
      if (!flow) co_return std::string(describe(flow.error()));
      co_return flow->peer().address.is_v6() ? "IPv6" : "IPv4";
    };
    return node.run(work());
  }

  test::virtual_node node;
  memory::subnet subnet;
  memory::stack server{subnet, {six, four}};
  memory::stack client{subnet, {"192.0.2.1", "2001:db8::1"}};
  slow_stack slow{client};
  memory::resolver names{
      {"both", six}, {"both", four}, {"half", closed_six}, {"half", four}, {"dead", closed_six}};
  std::optional<memory::listener> listener;
};

TEST(HappyEyeballs, TheFirstAddressIsTakenWhereItAnswers) {
  host_pair hosts;
  EXPECT_EQ(hosts.connect(hosts.names, "both"), "IPv6");
  EXPECT_EQ(hosts.slow.tcp().begun.size(), 1U);
}

TEST(HappyEyeballs, ASlowVersionIsOvertaken) {
  host_pair hosts;
  hosts.slow.tcp().delays[six] = 3s;
  const instant before = hosts.node.time();
  EXPECT_EQ(hosts.connect(hosts.names, "both"), "IPv4");
  EXPECT_LT(hosts.node.time() - before, 260ms);
  ASSERT_EQ(hosts.slow.tcp().begun.size(), 2U);
  EXPECT_NEAR(
      static_cast<double>((hosts.slow.tcp().begun[1].second - hosts.slow.tcp().begun[0].second).count()),
      250e6, 1e6);
  EXPECT_EQ(hosts.slow.tcp().underway, 0) << "the other attempt is cancelled";
}

TEST(HappyEyeballs, AVersionThatFailsIsPassedOverAtOnce) {
  host_pair hosts;
  const instant before = hosts.node.time();
  EXPECT_EQ(hosts.connect(hosts.names, "half"), "IPv4");
  EXPECT_LT(hosts.node.time() - before, 10ms);
}

TEST(HappyEyeballs, SaysWhyThereIsNoConnection) {
  host_pair hosts;
  EXPECT_EQ(hosts.connect(hosts.names, "nowhere"), describe(connect_error::not_found));
  EXPECT_EQ(hosts.connect(hosts.names, "no name"), describe(connect_error::bad_name));
  EXPECT_EQ(hosts.connect(hosts.names, "both", 81), describe(connect_error::refused));
  EXPECT_EQ(hosts.connect(hosts.names, "dead"), describe(connect_error::unreachable));
  hosts.slow.tcp().delays[six] = 1h;
  hosts.slow.tcp().delays[four] = 1h;
  const instant before = hosts.node.time();
  EXPECT_EQ(hosts.connect(hosts.names, "both"), describe(connect_error::timed_out));
  EXPECT_LT(hosts.node.time() - before, 11s);
}

TEST(HappyEyeballs, Ipv6IsNotKeptWaitingByIpv4) {
  host_pair hosts;
  slow_resolver names(1ms, 5s);
  const instant before = hosts.node.time();
  EXPECT_EQ(hosts.connect(names, "both"), "IPv6");
  EXPECT_LT(hosts.node.time() - before, 10ms);
}

TEST(HappyEyeballs, Ipv4WaitsFiftyMillisecondsForIpv6) {
  host_pair hosts;
  slow_resolver names(5s, 1ms);
  const instant before = hosts.node.time();
  EXPECT_EQ(hosts.connect(names, "both"), "IPv4");
  EXPECT_GE(hosts.node.time() - before, 51ms);
  EXPECT_LT(hosts.node.time() - before, 60ms);
}

TEST(HappyEyeballs, CancelledItLeavesNothing) {
  host_pair hosts;
  hosts.slow.tcp().delays[six] = 1h;
  hosts.slow.tcp().delays[four] = 1h;
  auto work = [&]() -> task<> { (void)co_await connect_by_name(hosts.slow, hosts.names, "both", 80); };
  for (const duration after : {0ms, 1ms, 300ms}) {
    scope trying;
    ASSERT_TRUE(trying.spawn(work));
    hosts.node.advance(after);
    trying.cancel();
    hosts.node.settle();
    EXPECT_EQ(hosts.slow.tcp().underway, 0);
  }
}

}  // namespace
}  // namespace mirage
