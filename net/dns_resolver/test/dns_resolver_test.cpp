// SPDX-License-Identifier: ISC
// The resolver over a stack in memory: clients on one side, the servers of a made-up Internet on the other.
#include "mirage/dns_resolver.hpp"

#include <gtest/gtest.h>

#include <list>
#include <optional>
#include <string>
#include <vector>

#include <mirage/memory/stack.hpp>
#include <mirage/test/virtual_node.hpp>

#include "internet.hpp"

namespace mirage {
namespace {

using dns::rcode;
using dns::record_type;
using test::name_of;

constexpr ip_address resolver_address = "10.0.0.53";
constexpr ip_address client_address = "10.0.0.2";
constexpr ip_address stranger_address = "198.51.100.1";
constexpr ip_address root_server = "198.41.0.4";
constexpr ip_address org_server = "192.0.2.1";
constexpr ip_address www = "203.0.113.80";

/// A server of the Internet at port 53 of a stack of its own.
class attached_server {
 public:
  attached_server(memory::subnet& subnet, ip_address address, test::internet& world)
      : stack_(subnet, {address}), address_(address), world_(world) {
    auto handler = [this](v1::datagram&& came) noexcept { receive(came); };
    listening_ = *stack_.udp().listen({address, 53}, handler);
    EXPECT_TRUE(serving_.spawn("server", serve()));
  }

  bool truncates = false;
  bool changes_case = false;
  unsigned over_tcp = 0;

 private:
  std::vector<std::byte> answer(cbytes message) {
    auto reader = dns::message_reader::open(message);
    const dns::question asked = **reader->next_question();
    const buffer made = test::internet::answer(world_.servers[address_], asked.subject, asked.type);
    std::vector<std::byte> reply(made.view().begin(), made.view().end());
    std::copy_n(message.begin(), 2, reply.begin());
    if (changes_case) reply[13] ^= std::byte{0x20};
    return reply;
  }
  void receive(const v1::datagram& came) {
    auto reply = answer(came.payload.view());
    if (truncates) reply[2] |= std::byte{2};
    auto fill = [&](bytes room) noexcept {
      std::ranges::copy(reply, room.begin());
      return reply.size();
    };
    EXPECT_TRUE(
        stack_.udp().write({.destination = came.source, .source = {address_, 53}}, reply.size(), fill));
  }
  task<> serve() {
    auto listener = stack_.tcp().listen({address_, 53});
    while (true) {
      auto accepted = co_await listener->accept();
      if (!accepted) co_return;
      memory::flow flow = *std::move(accepted);
      auto asked = co_await flow.read();
      if (!asked || asked->size() < 14) continue;
      ++over_tcp;
      const auto reply = answer(asked->view().subspan(2));
      std::vector<std::byte> framed(2);
      store_be16(framed.data(), static_cast<std::uint16_t>(reply.size()));
      framed.insert(framed.end(), reply.begin(), reply.end());
      (void)co_await flow.write(buffer::copy_of(framed));
      co_await flow.close();
    }
  }

  memory::stack stack_;
  ip_address address_;
  test::internet& world_;
  subscription listening_;
  scope serving_;
};

struct dns_resolver_test : testing::Test {
  dns_resolver_test() {
    world.add_zone(".", {root_server}).ns("org", "ns.org").a("ns.org", org_server);
    world.add_zone("org", {org_server}).a("www.example.org", www);
    options.recursion.roots.push_back(root_server);
    options.clients.push_back(ip_prefix("10.0.0.0/8"));
    auto serve = [this]() -> task<> {
      resolver.emplace("resolver", own, options);
      (void)co_await resolver->serve(53);
    };
    EXPECT_TRUE(serving.spawn(serve));
    node.settle();
  }
  ~dns_resolver_test() override { serving.cancel(); }

  struct reply {
    dns::header head;
    std::vector<dns::record> records;
  };
  static reply read(cbytes message) {
    auto reader = dns::message_reader::open(message);
    EXPECT_TRUE(reader);
    reply made{reader->head(), {}};
    for (auto next = reader->next_record(); next && *next; next = reader->next_record())
      made.records.push_back(**next);
    return made;
  }
  static std::vector<std::byte> query(std::string_view name, record_type type = record_type::a) {
    std::vector<std::byte> space(512);
    dns::message_writer out(space);
    out.set_header({.id = 77, .recursion_desired = true});
    EXPECT_TRUE(out.add_question(name_of(name), type));
    space.resize(out.finish().size());
    return space;
  }
  /// The reply to a message from there; none: nothing came.
  std::optional<reply> ask(memory::stack& from, const std::vector<std::byte>& message) {
    std::optional<reply> got;
    auto handler = [&](v1::datagram&& came) noexcept { got = read(came.payload.view()); };
    const endpoint local{from.addresses().front(), 5353};
    auto listening = from.udp().listen(local, handler);
    auto fill = [&](bytes room) noexcept {
      std::ranges::copy(message, room.begin());
      return message.size();
    };
    EXPECT_TRUE(
        from.udp().write({.destination = {resolver_address, 53}, .source = local}, message.size(), fill));
    (void)node.run_until([&] { return got.has_value(); }, 20s);
    return got;
  }

  test::virtual_node node;
  memory::subnet subnet;
  memory::stack own{subnet, {resolver_address}};
  memory::stack client{subnet, {client_address}};
  memory::stack stranger{subnet, {stranger_address}};
  test::internet world;
  attached_server root{subnet, root_server, world};
  attached_server org{subnet, org_server, world};
  dns_resolver_options options;
  std::optional<dns_resolver<memory::stack>> resolver;
  scope serving;
};

TEST_F(dns_resolver_test, AClientIsAnswered) {
  const auto got = ask(client, query("www.example.org"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->head.id, 77);
  EXPECT_TRUE(got->head.response && got->head.recursion_available && got->head.recursion_desired);
  EXPECT_FALSE(got->head.authoritative);
  EXPECT_EQ(got->head.code, rcode::no_error);
  ASSERT_EQ(got->records.size(), 1U);
  EXPECT_EQ(got->records[0].type, record_type::a);
}

TEST_F(dns_resolver_test, WhatDoesNotExistIsDenied) {
  const auto got = ask(client, query("nothing.example.org"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->head.code, rcode::name_error);
  ASSERT_EQ(got->records.size(), 1U);
  EXPECT_EQ(got->records[0].where, dns::section::authority);
}

TEST_F(dns_resolver_test, StrangersAreRefused) {
  const auto got = ask(stranger, query("www.example.org"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->head.code, rcode::refused);
  EXPECT_TRUE(got->records.empty());
}

TEST_F(dns_resolver_test, TransfersAreNotForResolvers) {
  const auto got = ask(client, query("example.org", record_type::axfr));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->head.code, rcode::not_implemented);
}

TEST_F(dns_resolver_test, ResponsesAreNotAnswered) {
  auto message = query("www.example.org");
  message[2] |= std::byte{0x80};
  EXPECT_FALSE(ask(client, message));
  EXPECT_FALSE(ask(client, std::vector<std::byte>(5)));
}

TEST_F(dns_resolver_test, ServersThatTruncateAreAskedOverTcp) {
  org.truncates = true;
  const auto got = ask(client, query("www.example.org"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->records.size(), 1U);
  EXPECT_EQ(org.over_tcp, 2U);
}

TEST_F(dns_resolver_test, AnAnswerInOtherLettersIsFetchedOverTcp) {
  org.changes_case = true;
  const auto got = ask(client, query("www.example.org"));
  ASSERT_TRUE(got);
  EXPECT_EQ(got->records.size(), 1U);
  EXPECT_EQ(org.over_tcp, 2U);
}

TEST_F(dns_resolver_test, ALongAnswerIsTruncatedOverUdpAndWholeOverTcp) {
  for (int i = 0; i < 60; ++i) {
    const auto low = static_cast<std::uint8_t>(i);
    world.servers[org_server].zones.front()->a("many.example.org", ipv4_address(203, 0, 113, low));
  }
  const auto got = ask(client, query("many.example.org"));
  ASSERT_TRUE(got);
  EXPECT_TRUE(got->head.truncated);
  auto over_tcp = [&]() -> task<reply> {
    auto connected = co_await client.tcp().connect({resolver_address, 53});
    memory::flow flow = *std::move(connected);
    auto message = query("many.example.org");
    message.insert(message.begin(), {std::byte{0}, static_cast<std::byte>(message.size())});
    (void)co_await flow.write(buffer::copy_of(message));
    dns::framed_input input;
    while (true) {
      auto part = co_await flow.read();
      if (!part || part->empty() || !input.add(*std::move(part))) co_return reply();
      if (const auto whole = input.next()) co_return read(*whole);
    }
  };
  const reply whole = node.run(over_tcp());
  EXPECT_FALSE(whole.head.truncated);
  EXPECT_EQ(whole.records.size(), 60U);
}

}  // namespace
}  // namespace mirage
