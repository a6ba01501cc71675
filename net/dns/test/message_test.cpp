// SPDX-License-Identifier: ISC
#include "mirage/dns/message.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <initializer_list>
#include <vector>

namespace mirage::dns {
namespace {

name named(std::string_view text) { return *name::parse(text); }

std::vector<std::byte> octets(std::initializer_list<unsigned> values) {
  std::vector<std::byte> made;
  for (const unsigned value : values) made.push_back(static_cast<std::byte>(value));
  return made;
}

TEST(Header, IsReadAsItWasWritten) {
  header written{.id = 0x1234,
                 .response = true,
                 .operation = opcode::notify,
                 .authoritative = true,
                 .recursion_desired = true,
                 .checking_disabled = true,
                 .code = rcode::name_error,
                 .counts = {1, 2, 3, 4}};
  std::array<std::byte, header::size> wire;
  written.store(wire.data());
  const header read = header::load(wire.data());
  EXPECT_EQ(read.id, 0x1234);
  EXPECT_TRUE(read.response && read.authoritative && read.recursion_desired && read.checking_disabled);
  EXPECT_FALSE(read.truncated || read.recursion_available || read.authentic_data);
  EXPECT_EQ(read.operation, opcode::notify);
  EXPECT_EQ(read.code, rcode::name_error);
  EXPECT_EQ(read.counts, written.counts);
}

TEST(Message, SharesNames) {
  std::array<std::byte, 512> space;
  message_writer writer(space);
  writer.set_header({.id = 7, .response = true});
  ASSERT_TRUE(writer.add_question(named("www.example.org."), record_type::mx));
  std::vector<std::byte> mx = octets({0, 10});
  const name mail = named("mail.EXAMPLE.org.");
  mx.insert(mx.end(), mail.view().wire().begin(), mail.view().wire().end());
  ASSERT_TRUE(writer.add_record(section::answer, named("www.example.org."), record_type::mx, record_class::in,
                                60, mx));
  ASSERT_TRUE(writer.add_record(section::additional, mail, record_type::a, record_class::in, 60,
                                octets({192, 0, 2, 1})));
  const cbytes message = writer.finish();
  // Question 17 + 4; each record a pointer and ten octets; `mail` and a pointer; an address.
  EXPECT_EQ(message.size(), 12u + 21 + (12 + 2 + 7) + (12 + 4));

  auto reader = message_reader::open(message);
  ASSERT_TRUE(reader);
  const auto asked = reader->next_question();
  ASSERT_TRUE(asked && *asked);
  EXPECT_EQ((*asked)->subject, named("www.example.org."));
  EXPECT_EQ((*asked)->type, record_type::mx);
  const auto answer = reader->next_record();
  ASSERT_TRUE(answer && *answer);
  EXPECT_EQ((*answer)->owner, named("www.example.org."));
  std::array<std::byte, 300> rdata;
  const auto size = reader->rdata(**answer, rdata);
  ASSERT_TRUE(size);
  const auto exchange = name_view::front_of(cbytes(rdata).first(*size).subspan(2));
  ASSERT_TRUE(exchange);
  EXPECT_EQ(*exchange, mail.view());  // in the letters of what it shares
  const auto address = reader->next_record();
  ASSERT_TRUE(address && *address);
  EXPECT_EQ((*address)->owner, mail);
  EXPECT_EQ((*address)->where, section::additional);
  const auto end = reader->next_record();
  ASSERT_TRUE(end);
  EXPECT_FALSE(*end);
}

TEST(Message, IsAsBeforeWhenSomethingDoesNotFit) {
  std::array<std::byte, 60> space;
  message_writer writer(space);
  ASSERT_TRUE(writer.add_question(named("a.example."), record_type::a));
  const std::size_t size = writer.size();
  EXPECT_FALSE(writer.add_record(section::answer, named("a.example."), record_type::txt, record_class::in, 1,
                                 std::vector<std::byte>(40, std::byte{0})));
  EXPECT_EQ(writer.size(), size);
  EXPECT_EQ(writer.count(section::answer), 0);
  EXPECT_TRUE(writer.add_record(section::answer, named("a.example."), record_type::a, record_class::in, 1,
                                octets({1, 2, 3, 4})));
  writer.reserve(11);
  EXPECT_FALSE(writer.add_edns({}));
}

TEST(Message, HasOptions) {
  std::array<std::byte, 100> space;
  message_writer writer(space);
  const auto options = octets({0, 10, 0, 2, 1, 2, 0, 3, 0, 0});
  ASSERT_TRUE(writer.add_edns({.payload = 4096, .dnssec_ok = true, .options = options}));
  const cbytes message = writer.finish();
  auto reader = message_reader::open(message);
  const auto opt = reader->next_record();
  ASSERT_TRUE(opt && *opt);
  const auto read = edns::read(message, **opt);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->payload, 4096);
  EXPECT_TRUE(read->dnssec_ok);
  EXPECT_EQ(read->version, 0);
  cbytes rest = read->options;
  const auto cookie = next_option(rest);
  ASSERT_TRUE(cookie);
  EXPECT_EQ(cookie->code, option_code::cookie);
  EXPECT_EQ(cookie->data.size(), 2u);
  EXPECT_TRUE(next_option(rest));
  EXPECT_FALSE(next_option(rest));
}

TEST(ReadName, RefusesLoopsAndWhatLeadsForward) {
  name out;
  EXPECT_EQ(read_name(octets({0xc0, 0}), 0, out).error(), wire_error::bad_name);
  EXPECT_EQ(read_name(octets({1, 'a', 0xc0, 0}), 0, out).error(), wire_error::bad_name);
  EXPECT_EQ(read_name(octets({0xc0, 2, 0xc0, 0}), 2, out).error(), wire_error::bad_name);
  EXPECT_EQ(read_name(octets({0xc0, 2, 0}), 0, out).error(), wire_error::bad_name);
  EXPECT_EQ(read_name(octets({0x40, 0}), 0, out).error(), wire_error::bad_name);
  EXPECT_EQ(read_name(octets({0xc0}), 0, out).error(), wire_error::too_short);
  EXPECT_EQ(read_name(octets({3, 'a'}), 0, out).error(), wire_error::too_short);
  EXPECT_EQ(read_name({}, 0, out).error(), wire_error::too_short);
}

TEST(ReadName, EndsBehindTheFirstPointer) {
  name out;
  const auto wire = octets({1, 'b', 0, 1, 'a', 0xc0, 0, 9});
  const auto end = read_name(wire, 3, out);
  ASSERT_TRUE(end);
  EXPECT_EQ(*end, 7u);
  EXPECT_EQ(out, named("a.b."));
}

TEST(ReadName, IsNotLongerThan255Octets) {
  std::vector<std::byte> wire;
  for (int i = 0; i < 127; ++i) {
    wire.push_back(std::byte{1});
    wire.push_back(std::byte{'x'});
  }
  wire.push_back(std::byte{0});
  name out;
  EXPECT_TRUE(read_name(wire, 0, out));
  const std::size_t start = wire.size();
  wire.insert(wire.end(), {std::byte{1}, std::byte{'y'}, std::byte{0xc0}, std::byte{0}});
  EXPECT_EQ(read_name(wire, start, out).error(), wire_error::bad_name);
}

}  // namespace
}  // namespace mirage::dns
