// SPDX-License-Identifier: ISC
// The shell over a network in memory, and a plain client of DNS that asks the link.
#include "mirage/mdns.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "mirage/memory/stack.hpp"
#include "mirage/test/virtual_node.hpp"

namespace mirage {
namespace {

using responder = mdns_responder<memory::stack>;

struct hosts {
  test::virtual_node node;
  memory::subnet subnet;
  memory::stack near{subnet, {ip_address("10.0.0.1")}, "near"};
  memory::stack far{subnet, {ip_address("10.0.0.2")}, "far"};
};

/// What a question from a port of its own is answered.
std::optional<ip_address> ask(hosts& on, std::string_view name) {
  constexpr std::uint16_t own_port = 40'000;
  std::optional<ip_address> found;
  auto handler = [&found](v1::datagram&& came) noexcept {
    auto reader = *dns::message_reader::open(came.payload.view());
    const auto record = *reader.next_record();
    if (record && record->type == dns::record_type::a)
      found = ip_address(ipv4_address(load_be32(reader.raw_rdata(*record).data())));
  };
  const auto listening = on.far.udp().listen({ip_address(), own_port}, handler);
  EXPECT_TRUE(listening.has_value());
  auto fill = [name](bytes to) noexcept {
    dns::message_writer message(to);
    message.set_header({.id = 5});
    EXPECT_TRUE(message.add_question(*dns::name::parse(name), dns::record_type::a));
    return message.finish().size();
  };
  const v1::datagram_route to{.destination = dns::multicast_groups[1], .source = {ip_address(), own_port}};
  EXPECT_TRUE(on.far.udp().write(to, 512, fill).has_value());
  on.node.advance(3s);
  return found;
}

TEST(mdns_responder, is_found_by_its_name_until_it_stops) {
  hosts on;
  responder printer("mdns", on.near, "printer");
  EXPECT_TRUE(on.node.run(printer.start()).has_value());
  on.node.run(printer.claimed());
  EXPECT_EQ(ask(on, "printer.local."), ip_address("10.0.0.1"));
  EXPECT_EQ(ask(on, "scanner.local."), std::nullopt);
  on.node.run(printer.stop());
  EXPECT_EQ(ask(on, "printer.local."), std::nullopt);
}

TEST(mdns_responder, a_second_one_takes_another_name) {
  hosts on;
  responder first("mdns", on.near, "printer");
  EXPECT_TRUE(on.node.run(first.start()).has_value());
  on.node.run(first.claimed());
  responder second("mdns", on.far, "printer");
  EXPECT_TRUE(on.node.run(second.start()).has_value());
  on.node.run(second.claimed());
  EXPECT_EQ(first.host(), *dns::name::parse("printer.local."));
  EXPECT_EQ(second.host(), *dns::name::parse("printer-2.local."));
  on.node.run(first.stop());
  on.node.run(second.stop());
}

TEST(mdns_responder, names_that_are_none_are_refused) {
  hosts on;
  for (const std::string_view name : {"", "a.b", "a b", "-a"}) {
    responder printer("mdns", on.near, name);
    const auto started = on.node.run(printer.start());
    ASSERT_FALSE(started.has_value()) << name;
    EXPECT_EQ(started.error(), mdns_error::bad_name);
  }
}

}  // namespace
}  // namespace mirage
