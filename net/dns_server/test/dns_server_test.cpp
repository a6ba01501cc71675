// SPDX-License-Identifier: ISC
// The server over a stack in memory, under virtual time.
#include "mirage/dns_server.hpp"

#include <gtest/gtest.h>

#include "asking.hpp"
#include "mirage/memory/stack.hpp"

namespace mirage::dns {
namespace {

using enum record_type;
constexpr endpoint server_end("10.0.0.1:53");

struct machines : test::asking {
  memory::subnet subnet;
  memory::stack near{subnet, {ip_address("10.0.0.1")}, "near"};
  memory::stack far{subnet, {ip_address("10.0.0.2")}, "far"};
  dns_server<memory::stack> server{"dns", near, zones, {.peers = {.transfer_to = {{}}}, .connections = 2}};
  scope serving;

  machines() {
    auto serve = [this]() -> task<> {
      auto served = co_await server.serve(53);
      EXPECT_TRUE(served);
    };
    EXPECT_TRUE(serving.spawn("server", serve));
    node.settle();
  }
  ~machines() {
    node.run(server.stop());
    node.settle();
    EXPECT_EQ(serving.size(), 0u);
  }

  memory::flow connected() { return *node.run(far.tcp().connect(server_end)); }
  void send(memory::flow& over, cbytes octets) { EXPECT_TRUE(node.run(over.write(buffer::copy_of(octets)))); }
  /// What has come until the server is silent for a second.
  std::vector<std::byte> received(memory::flow& over) {
    std::vector<std::byte> all;
    while (auto part = node.run(with_timeout(1s, over.read()))) {
      if (!*part || (*part)->empty()) break;
      all.insert(all.end(), (*part)->view().begin(), (*part)->view().end());
    }
    return all;
  }
};

std::vector<std::byte> framed(const std::vector<std::byte>& message) {
  std::vector<std::byte> made{static_cast<std::byte>(message.size() >> 8),
                              static_cast<std::byte>(message.size())};
  made.insert(made.end(), message.begin(), message.end());
  return made;
}

TEST(DnsServer, AnswersDatagrams) {
  machines on;
  std::string answer;
  auto asking = on.far.udp().listen({ip_address(), 4000}, [&](v1::datagram&& came) noexcept {
    EXPECT_EQ(came.source, server_end);
    answer = test::words_of(came.payload.view());
  });
  const auto message = test::query_for("a.example.", a);
  EXPECT_TRUE(on.far.udp().write({.destination = server_end, .source = {ip_address(), 4000}}, message.size(),
                                 [&](bytes out) noexcept {
                                   std::memcpy(out.data(), message.data(), message.size());
                                   return message.size();
                                 }));
  on.node.settle();
  EXPECT_EQ(answer, "NOERROR aa | a.example. A 192.0.2.2");
}

TEST(DnsServer, LogsQueriesForWhoWantsIt) {
  machines on;
  const auto ask = [&](std::string_view name, record_type type) {
    const auto message = test::query_for(name, type);
    EXPECT_TRUE(on.far.udp().write({.destination = server_end, .source = {ip_address(), 4000}},
                                   message.size(), [&](bytes out) noexcept {
                                     std::memcpy(out.data(), message.data(), message.size());
                                     return message.size();
                                   }));
    on.node.settle();
    return on.node.take_console();
  };
  EXPECT_EQ(ask("a.example.", a), "");
  ASSERT_TRUE(on.node.log.parse("*:error,queries:debug"));
  EXPECT_TRUE(ask("A.example.", a).ends_with("[queries] 10.0.0.2 udp A.example. IN A NOERROR 43\n"));
  EXPECT_TRUE(ask("no.example.", static_cast<record_type>(65280)).contains(" IN TYPE65280 NXDOMAIN "));
}

TEST(DnsServer, HasNothingForOtherServersWithoutPeers) {
  test::asking zones;
  memory::subnet subnet;
  memory::stack near{subnet, {ip_address("10.0.0.1")}, "near"};
  memory::stack far{subnet, {ip_address("10.0.0.2")}, "far"};
  dns_server<memory::stack, no_peers> server{"dns", near, zones.zones};
  scope serving;
  auto serve = [&server]() -> task<> {
    auto served = co_await server.serve(53);
    EXPECT_TRUE(served);
  };
  EXPECT_TRUE(serving.spawn("server", serve));
  zones.node.settle();
  memory::flow flow = *zones.node.run(far.tcp().connect(server_end));
  const auto ask = [&](std::string_view name, record_type type) {
    EXPECT_TRUE(zones.node.run(flow.write(buffer::copy_of(framed(test::query_for(name, type))))));
    auto part = zones.node.run(with_timeout(1s, flow.read()));
    return part && *part ? test::words_of((*part)->view().subspan(2)) : std::string("silence");
  };
  EXPECT_EQ(ask("a.example.", a), "NOERROR aa | a.example. A 192.0.2.2");
  EXPECT_EQ(ask("example.", axfr), "REFUSED");
  EXPECT_EQ(ask("example.", ixfr), "REFUSED");
  zones.node.run(server.stop());
  zones.node.settle();
}

TEST(DnsServer, LimitsTheRateOfItsAnswers) {
  test::asking zones;
  memory::subnet subnet;
  memory::stack near{subnet, {ip_address("10.0.0.1")}, "near"};
  memory::stack far{subnet, {ip_address("10.0.0.2")}, "far"};
  dns_server<memory::stack> server{"dns", near, zones.zones, {.rate = {.per_second = 3}}};
  scope serving;
  auto serve = [&server]() -> task<> {
    auto served = co_await server.serve(53);
    EXPECT_TRUE(served);
  };
  EXPECT_TRUE(serving.spawn("server", serve));
  zones.node.settle();
  unsigned whole = 0;
  unsigned cut = 0;
  auto asking = far.udp().listen({ip_address(), 4000}, [&](v1::datagram&& came) noexcept {
    ++(header::load(came.payload.view().data()).truncated ? cut : whole);
  });
  const auto message = test::query_for("a.example.", a);
  const auto fill = [&](bytes out) noexcept {
    std::ranges::copy(message, out.begin());
    return message.size();
  };
  for (unsigned i = 0; i < 11; ++i)
    EXPECT_TRUE(
        far.udp().write({.destination = server_end, .source = {ip_address(), 4000}}, message.size(), fill));
  zones.node.settle();
  EXPECT_EQ(whole, 3u);
  EXPECT_EQ(cut, 4u);
  zones.node.run(server.stop());
  zones.node.settle();
}

TEST(DnsServer, AnswersWhatComesTogetherInItsOrder) {
  machines on;
  memory::flow flow = on.connected();
  auto both = framed(test::query_for("a.example.", a));
  const auto second = framed(test::query_for("many.example.", a));
  both.insert(both.end(), second.begin(), second.end());
  // Broken where it hurts: in a length, and in a message.
  on.send(flow, cbytes(both).first(1));
  on.send(flow, cbytes(both).subspan(1, 20));
  on.send(flow, cbytes(both).subspan(21));
  const auto all = on.received(flow);
  ASSERT_GT(all.size(), 2u);
  const std::size_t size = load_be16(all.data());
  EXPECT_EQ(test::words_of(cbytes(all).subspan(2, size)), "NOERROR aa | a.example. A 192.0.2.2");
  EXPECT_EQ(all.size(), 2 + size + 2 + load_be16(all.data() + 2 + size));
}

TEST(DnsServer, SendsZones) {
  machines on;
  on.zones.set(*read_zone("$TTL 60\n@ SOA ns host 8 2 3 4 5\n$GENERATE 1-5000 x$ A 192.0.2.1\n",
                          *name::parse("example.")));
  memory::flow flow = on.connected();
  auto both = framed(test::query_for("example.", axfr));
  const auto second = framed(test::query_for("x1.example.", a));
  both.insert(both.end(), second.begin(), second.end());
  on.send(flow, both);
  const auto all = on.received(flow);
  std::vector<unsigned> counts;
  std::size_t records = 0;
  for (cbytes rest = all; rest.size() > 2; rest = rest.subspan(2 + load_be16(rest.data()))) {
    counts.push_back(header::load(rest.data() + 2).count(section::answer));
    records += counts.back();
  }
  EXPECT_GT(counts.size(), 3u);
  EXPECT_EQ(counts.back(), 1u) << "the second answer";
  EXPECT_EQ(records, 5002u + 1u);
}

TEST(DnsServer, DoesNotWaitForTheSlow) {
  machines on;
  memory::flow flow = on.connected();
  const auto message = framed(test::query_for("a.example.", a));
  for (std::size_t i = 0; i < 15; ++i) {
    if (!on.node.run(flow.write(buffer::copy_of(cbytes(message).subspan(i, 1))))) break;
    on.node.advance(900ms);
  }
  const auto ended = on.node.run(with_timeout(1s, flow.read()));
  ASSERT_TRUE(ended) << "the connection is still open";
  EXPECT_TRUE(!*ended || (*ended)->empty());
}

TEST(DnsServer, HasSoManyConnections) {
  machines on;
  memory::flow first = on.connected();
  memory::flow second = on.connected();
  memory::flow third = on.connected();
  on.node.settle();
  const auto ended = on.node.run(with_timeout(100ms, third.read()));
  ASSERT_TRUE(ended);
  EXPECT_TRUE(!*ended || (*ended)->empty());
  on.send(second, framed(test::query_for("a.example.", a)));
  EXPECT_FALSE(on.received(second).empty());
}

}  // namespace
}  // namespace mirage::dns
