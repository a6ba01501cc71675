// SPDX-License-Identifier: ISC
#include "mirage/mdns/responder_core.hpp"

#include <gtest/gtest.h>

#include <span>

#include "link.hpp"

namespace mirage::mdns {
namespace {

using test::mdns_link;
using test::mdns_message;
using test::name_of;
using test::records_in;
using strings = std::vector<std::string>;

constexpr ip_address four = "192.168.1.7";
constexpr ip_address six = "fe80::7";
constexpr ip_address other_four = "192.168.1.8";

struct question {
  std::string_view name = "printer.local.";
  dns::record_type type = dns::record_type::a;
  bool alone = false;
  bool truncated = false;
};

mdns_message ask(const question& what, const host_records* known = nullptr, record_bits which = 0,
                 dns::section where = dns::section::answer) {
  mdns_message space(1232);
  dns::message_writer message(space);
  message.set_header({.id = 77, .truncated = what.truncated});
  const auto in = dns::record_class::in;
  if (!what.name.empty())
    EXPECT_TRUE(message.add_question(name_of(what.name), what.type, what.alone ? with_top_bit(in) : in));
  if (known != nullptr) EXPECT_TRUE(known->write(message, where, which, in, 120));
  space.resize(message.finish().size());
  return space;
}

mdns_message claim(std::string_view name, const ip_address& address, std::uint32_t ttl = 120) {
  host_records records{.name = name_of(name)};
  EXPECT_TRUE(records.set_addresses({{address}}));
  mdns_message space(1232);
  dns::message_writer message(space);
  message.set_header({.response = true, .authoritative = true});
  EXPECT_TRUE(
      records.write(message, dns::section::answer, records.all(), with_top_bit(dns::record_class::in), ttl));
  space.resize(message.finish().size());
  return space;
}

struct alone : testing::Test {
  alone() { link.run(5s), host.told.clear(); }

  verdict hear(const mdns_message& message, bool multicast = true, std::uint16_t from = dns::multicast_port) {
    reply = {};
    return host.core.input(message, multicast, from, link.now, reply);
  }
  /// What the group is told within that time.
  std::vector<mdns_message> told_in(duration length) {
    host.told.clear();
    link.run(length);
    return host.told;
  }

  mdns_link link;
  mdns_link::host& host = link.add("printer.local.", {four, six});
  direct_reply reply;
};

TEST(responder_core, probes_thrice_and_announces_twice) {
  mdns_link link;
  mdns_link::host& host = link.add("printer.local.", {four, six});
  link.run(1100ms);
  ASSERT_GE(host.told.size(), 4U);
  for (std::size_t i = 0; i < 3; ++i) {
    auto reader = *dns::message_reader::open(host.told[i]);
    EXPECT_FALSE(reader.head().response);
    const auto asked = *reader.next_question();
    ASSERT_TRUE(asked);
    EXPECT_EQ(asked->subject, name_of("printer.local."));
    EXPECT_EQ(asked->type, dns::record_type::any);
    EXPECT_TRUE(has_top_bit(asked->in_class));
    EXPECT_EQ(records_in(host.told[i], dns::section::authority),
              (strings{"printer.local. A 4 120", "printer.local. AAAA 16 120"}));
  }
  link.run(10s);
  ASSERT_EQ(host.told.size(), 5U);
  for (std::size_t i = 3; i < 5; ++i) {
    const auto reader = *dns::message_reader::open(host.told[i]);
    EXPECT_TRUE(reader.head().response && reader.head().authoritative);
    EXPECT_EQ(reader.head().id, 0);
    EXPECT_EQ(records_in(host.told[i], dns::section::answer),
              (strings{"printer.local. A 4 120 flush", "printer.local. AAAA 16 120 flush"}));
  }
  EXPECT_TRUE(host.core.is_claimed());
}

TEST(responder_core, waits_for_an_address) {
  mdns_link link;
  mdns_link::host& host = link.add("printer.local.", {});
  link.run(10s);
  EXPECT_TRUE(host.told.empty());
  EXPECT_EQ(host.core.next_timeout(), never);
  host.core.set_addresses({{four}}, link.now);
  link.run(2s);
  EXPECT_TRUE(host.core.is_claimed());
}

TEST_F(alone, answers_what_is_asked) {
  EXPECT_EQ(hear(ask({})), verdict::answered);
  auto told = told_in(1s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(records_in(told[0], dns::section::answer), (strings{"printer.local. A 4 120 flush"}));
  EXPECT_EQ(hear(ask({.name = "PRINTER.local.", .type = dns::record_type::any})), verdict::answered);
  told = told_in(1s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(records_in(told[0], dns::section::answer).size(), 2U);
  EXPECT_EQ(hear(ask({.name = "scanner.local."})), verdict::passed_over);
  EXPECT_TRUE(told_in(2s).empty());
}

TEST_F(alone, says_that_there_is_nothing_else) {
  EXPECT_EQ(hear(ask({.type = dns::record_type::txt})), verdict::answered);
  const auto told = told_in(1s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(records_in(told[0], dns::section::answer), (strings{"printer.local. NSEC 21 120 flush"}));
  auto reader = *dns::message_reader::open(told[0]);
  const dns::record record = **reader.next_record();
  std::array<std::byte, 64> data{};
  const std::size_t size = *reader.rdata(record, data);
  const std::array<std::byte, 6> bitmap{std::byte{0}, std::byte{4}, std::byte{0x40},
                                        std::byte{0}, std::byte{0}, std::byte{0x08}};
  EXPECT_TRUE(std::ranges::equal(cbytes(data).first(size).last(6), bitmap));
}

TEST_F(alone, does_not_say_what_is_known) {
  const host_records& known = host.core.records();
  EXPECT_EQ(hear(ask({}, &known, 1)), verdict::passed_over);
  EXPECT_EQ(hear(ask({.type = dns::record_type::any}, &known, 1)), verdict::answered);
  const auto told = told_in(1s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(records_in(told[0], dns::section::answer), (strings{"printer.local. AAAA 16 120 flush"}));
}

TEST_F(alone, waits_for_more_that_is_known) {
  EXPECT_EQ(hear(ask({.truncated = true})), verdict::answered);
  EXPECT_TRUE(told_in(300ms).empty());
  EXPECT_EQ(hear(ask({.name = ""}, &host.core.records(), 1)), verdict::passed_over);
  EXPECT_TRUE(told_in(2s).empty());
}

TEST_F(alone, says_nothing_twice_in_a_second) {
  EXPECT_EQ(hear(ask({})), verdict::answered);
  EXPECT_EQ(told_in(10ms).size(), 1U);
  EXPECT_EQ(hear(ask({})), verdict::answered);
  EXPECT_TRUE(told_in(900ms).empty());
  EXPECT_EQ(told_in(200ms).size(), 1U);
}

TEST_F(alone, defends_its_name_at_once) {
  EXPECT_EQ(hear(ask({})), verdict::answered);
  EXPECT_EQ(told_in(10ms).size(), 1U);
  host_records theirs{.name = name_of("printer.local.")};
  EXPECT_TRUE(theirs.set_addresses({{other_four}}));
  EXPECT_EQ(hear(ask({.type = dns::record_type::any}, &theirs, 1, dns::section::authority)),
            verdict::answered);
  EXPECT_EQ(told_in(251ms).size(), 1U);
}

TEST_F(alone, answers_alone_who_asks_so) {
  EXPECT_EQ(hear(ask({})), verdict::answered);
  EXPECT_EQ(told_in(10ms).size(), 1U);
  EXPECT_EQ(hear(ask({.alone = true})), verdict::answered);
  EXPECT_EQ(reply.which, 1U);
  EXPECT_FALSE(reply.is_legacy);
  EXPECT_TRUE(told_in(2s).empty());
  link.run(60s);
  EXPECT_EQ(hear(ask({.alone = true})), verdict::answered);
  EXPECT_EQ(reply.which, 0U) << "the others have nearly forgotten";
  EXPECT_EQ(told_in(10ms).size(), 1U);
}

TEST_F(alone, answers_a_plain_client_of_dns) {
  EXPECT_EQ(hear(ask({}), true, 40'000), verdict::answered);
  EXPECT_TRUE(reply.is_legacy);
  mdns_message message(1232);
  message.resize(host.core.emit(reply, message));
  auto reader = *dns::message_reader::open(message);
  EXPECT_EQ(reader.head().id, 77);
  EXPECT_EQ((*reader.next_question())->subject, name_of("printer.local."));
  EXPECT_EQ(records_in(message, dns::section::answer), (strings{"printer.local. A 4 10"}));
  EXPECT_TRUE(told_in(2s).empty());
}

TEST_F(alone, hears_the_link_only) {
  EXPECT_EQ(hear(ask({}), false), verdict::unexpected);
  EXPECT_EQ(hear(claim("printer.local.", other_four), false), verdict::unexpected);
  EXPECT_EQ(hear(claim("printer.local.", other_four), true, 40'000), verdict::unexpected);
  EXPECT_TRUE(host.core.is_claimed());
  mdns_message cut = ask({});
  cut.resize(cut.size() - 3);
  EXPECT_EQ(hear(cut), verdict::malformed);
  cut.resize(5);
  EXPECT_EQ(hear(cut), verdict::malformed);
}

TEST_F(alone, announces_other_addresses) {
  host.core.set_addresses({{six, four}}, link.now);
  EXPECT_TRUE(told_in(2s).empty()) << "the same in another order";
  host.core.set_addresses({{other_four}}, link.now);
  const auto told = told_in(2s);
  ASSERT_EQ(told.size(), 2U);
  EXPECT_EQ(records_in(told[0], dns::section::answer), (strings{"printer.local. A 4 120 flush"}));
}

TEST_F(alone, takes_back_what_it_said) {
  host.core.stop();
  const auto told = told_in(2s);
  ASSERT_EQ(told.size(), 1U);
  EXPECT_EQ(records_in(told[0], dns::section::answer),
            (strings{"printer.local. A 4 0 flush", "printer.local. AAAA 16 0 flush"}));
  EXPECT_EQ(hear(ask({})), verdict::passed_over);
}

TEST(responder_core, says_no_goodbye_before_it_had_a_name) {
  mdns_link link;
  mdns_link::host& host = link.add("printer.local.", {four});
  link.run(400ms);
  host.told.clear();
  host.core.stop();
  link.run(2s);
  EXPECT_TRUE(host.told.empty());
}

TEST_F(alone, others_take_another_name) {
  const auto& second = link.add("Printer.local.", {other_four}).core;
  link.run(5s);
  const auto& third = link.add("printer.local.", {ip_address("192.168.1.9")}).core;
  link.run(10s);
  EXPECT_EQ(host.core.host(), name_of("printer.local."));
  EXPECT_EQ(second.host(), name_of("Printer-2.local."));
  EXPECT_EQ(third.host(), name_of("printer-3.local."));
  EXPECT_TRUE(second.is_claimed() && third.is_claimed());
}

TEST(responder_core, of_two_at_once_the_later_address_has_the_name) {
  mdns_link link;
  const auto& less = link.add("printer.local.", {four}).core;
  const auto& more = link.add("printer.local.", {other_four}).core;
  link.run(10s);
  EXPECT_EQ(more.host(), name_of("printer.local."));
  EXPECT_EQ(less.host(), name_of("printer-2.local."));
  EXPECT_TRUE(less.is_claimed() && more.is_claimed());
}

TEST_F(alone, asks_again_when_another_claims_its_name) {
  EXPECT_EQ(hear(claim("printer.local.", other_four)), verdict::conflict);
  EXPECT_FALSE(host.core.is_claimed());
  link.run(5s);
  EXPECT_EQ(host.core.host(), name_of("printer.local.")) << "nobody defended it";
  EXPECT_EQ(hear(claim("printer.local.", other_four)), verdict::conflict);
  EXPECT_EQ(hear(claim("printer.local.", other_four)), verdict::conflict);
  link.run(5s);
  EXPECT_EQ(host.core.host(), name_of("printer-2.local."));
  EXPECT_EQ(hear(claim("printer-2.local.", other_four, 0)), verdict::passed_over) << "a goodbye";
  EXPECT_EQ(hear(claim("printer-2.local.", four)), verdict::passed_over) << "our own words";
}

TEST(responder_core, is_slower_where_nobody_yields) {
  mdns_link link;
  mdns_link::host& host = link.add("printer.local.", {four});
  unsigned conflicts = 0;
  for (int i = 0; i < 60'000; ++i, link.run(1ms)) {
    direct_reply reply;
    std::array<char, 100> text{};
    const auto name = format_to(text, "{}", host.core.host());
    if (host.core.input(claim(name, other_four), true, dns::multicast_port, link.now, reply) ==
        verdict::conflict)
      ++conflicts;
    if (!host.told.empty()) link.run(5s);
    host.told.clear();
  }
  EXPECT_GT(conflicts, 0U);
  EXPECT_FALSE(host.core.is_claimed());
}

TEST(host_records, the_number_is_part_of_a_name_of_63_octets) {
  host_records records{.name = name_of(std::string(63, 'a') + ".local.")};
  records.rename();
  EXPECT_EQ(records.name, name_of(std::string(61, 'a') + "-2.local."));
  records.name = name_of("a-9.local.");
  records.rename();
  EXPECT_EQ(records.name, name_of("a-10.local."));
  records.name = name_of("a-b.local.");
  records.rename();
  EXPECT_EQ(records.name, name_of("a-b-2.local."));
}

}  // namespace
}  // namespace mirage::mdns
