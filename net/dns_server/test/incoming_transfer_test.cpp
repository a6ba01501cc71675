// SPDX-License-Identifier: ISC
#include "mirage/dns_server/incoming_transfer.hpp"

#include <gtest/gtest.h>

#include "asking.hpp"
#include "mirage/dns/zone_records.hpp"

namespace mirage::dns {
namespace {

using state = incoming_transfer::state;

/// Records in words, `;` between them, as the answer of a primary.
std::vector<std::byte> answer_of(std::string_view records, std::uint16_t id = 9,
                                 rcode code = rcode::no_error) {
  struct adding final : master_sink {
    explicit adding(message_writer& to) : writer(to) {}
    std::string_view add(const master_record& each) override {
      EXPECT_TRUE(
          writer.add_record(section::answer, each.owner, each.type, each.in_class, each.ttl, each.rdata));
      return {};
    }
    std::optional<std::string_view> include(std::string_view) override { return std::nullopt; }
    message_writer& writer;
  };
  std::string text = "$TTL 60\n$ORIGIN example.\n" + std::string(records);
  std::ranges::replace(text, ';', '\n');
  std::vector<std::byte> space(4096);
  message_writer writer(space);
  writer.set_header({.id = id, .response = true, .code = code});
  adding sink(writer);
  EXPECT_TRUE(read_master_file(text, *name::parse("example."), sink));
  space.resize(writer.finish().size());
  return space;
}

struct transfer {
  name origin = *name::parse("example.");
  std::optional<incoming_transfer> incoming;

  explicit transfer(std::string_view have = {}, const incoming_options& options = {}) {
    shared<const zone> before;
    if (!have.empty()) before = *read_zone("$TTL 60\n" + std::string(have), origin);
    incoming.emplace(origin, before, nullptr, options);
    std::array<std::byte, 1024> space;
    EXPECT_GT(incoming->ask(space, 9, 1), 0u);
  }
  state input(std::string_view records) {
    state now = incoming->input(answer_of(records), 1);
    while (now == state::building) now = incoming->build(1);
    return now;
  }
};

/// Owners and TTLs of all records.
std::string words_of(const shared<const zone>& of) {
  std::array<char, 4096> space;
  text_writer out(space);
  for (zone_records each(*of); !each.at_end(); each.next())
    format_to(out, "{} {} {};", each.owner(), load_be32(each.record().data() + 6), each.type());
  return std::string(out.text());
}

TEST(IncomingTransfer, TakesAWholeZone) {
  transfer of;
  EXPECT_EQ(of.input("@ SOA a b 7 1 1 1 1;a A 192.0.2.1"), state::more);
  EXPECT_EQ(of.input("b 7 A 192.0.2.1"), state::more);
  EXPECT_EQ(of.input("@ SOA a b 7 1 1 1 1"), state::done);
  EXPECT_EQ(words_of(of.incoming->take()), "example. 60 SOA;a.example. 60 A;b.example. 7 A;");
}

TEST(IncomingTransfer, AppliesDifferences) {
  transfer of("@ SOA a b 7 1 1 1 1\na A 192.0.2.1\nb A 192.0.2.2\nc A 192.0.2.3\n");
  EXPECT_EQ(of.input("@ SOA a b 9 1 1 1 1;@ SOA a b 7 1 1 1 1;a A 192.0.2.1;b A 192.0.2.2"), state::more);
  EXPECT_EQ(of.input("@ SOA a b 8 1 1 1 1;b 5 A 192.0.2.2;x A 192.0.2.9"), state::more);
  EXPECT_EQ(
      of.input("@ SOA a b 8 1 1 1 1;x A 192.0.2.9;@ SOA a b 9 1 1 1 1;y A 192.0.2.8;@ SOA a b 9 1 1 1 1"),
      state::done);
  const auto made = of.incoming->take();
  EXPECT_EQ(made->serial(), 9u);
  EXPECT_EQ(words_of(made), "example. 60 SOA;b.example. 5 A;c.example. 60 A;y.example. 60 A;");
}

TEST(IncomingTransfer, KnowsThatNothingIsNew) {
  for (const std::string_view answer : {"@ SOA a b 7 1 1 1 1", "@ SOA a b 6 1 1 1 1"}) {
    transfer of("@ SOA a b 7 1 1 1 1\n");
    EXPECT_EQ(of.input(answer), state::done);
    EXPECT_FALSE(of.incoming->take());
  }
}

TEST(IncomingTransfer, TakesAllOfItWhenThereAreNoDifferences) {
  transfer of("@ SOA a b 7 1 1 1 1\na A 192.0.2.1\n");
  EXPECT_EQ(of.input("@ SOA a b 9 1 1 1 1;z A 192.0.2.1;@ SOA a b 9 1 1 1 1"), state::done);
  EXPECT_EQ(words_of(of.incoming->take()), "example. 60 SOA;z.example. 60 A;");
}

TEST(IncomingTransfer, RefusesNonsense) {
  const auto error_of = [](std::string_view answer, std::string_view have = {}) {
    transfer of(have);
    EXPECT_EQ(of.input(answer), state::failed) << answer;
    EXPECT_FALSE(of.incoming->take());
    return of.incoming->error();
  };
  using enum transfer_error;
  EXPECT_EQ(error_of("a A 192.0.2.1"), bad_order);
  EXPECT_EQ(error_of("a SOA a b 7 1 1 1 1"), bad_record) << "of another zone";
  EXPECT_EQ(error_of("@ SOA a b 7 1 1 1 1;a.other. A 192.0.2.1"), bad_record);
  EXPECT_EQ(error_of("@ SOA a b 7 1 1 1 1;@ SOA a b 8 1 1 1 1"), bad_order);
  EXPECT_EQ(error_of("@ SOA a b 7 1 1 1 1;@ SOA a b 7 1 1 1 1;a A 192.0.2.1"), bad_order) << "behind the end";
  EXPECT_EQ(error_of("@ SOA a b 7 1 1 1 1;a CNAME b;a A 192.0.2.1;@ SOA a b 7 1 1 1 1"), bad_record);
  constexpr std::string_view seven = "@ SOA a b 7 1 1 1 1\na A 192.0.2.1\n";
  EXPECT_EQ(
      error_of(
          "@ SOA a b 9 1 1 1 1;@ SOA a b 7 1 1 1 1;no A 192.0.2.7;@ SOA a b 9 1 1 1 1;@ SOA a b 9 1 1 1 1",
          seven),
      other_version);
  EXPECT_EQ(error_of("@ SOA a b 9 1 1 1 1;@ SOA a b 7 1 1 1 1;@ SOA a b 7 1 1 1 1", seven), bad_order);
  transfer other_id;
  EXPECT_EQ(other_id.incoming->input(answer_of("@ SOA a b 7 1 1 1 1", 8), 1), state::failed);
  transfer unwanted;
  EXPECT_EQ(unwanted.incoming->input(answer_of("", 9, rcode::refused), 1), state::failed);
  EXPECT_EQ(unwanted.incoming->code(), rcode::refused);
  transfer large({}, {.most_octets = 60});
  EXPECT_EQ(large.input("@ SOA a b 7 1 1 1 1;a A 192.0.2.1"), state::failed);
  EXPECT_EQ(large.incoming->error(), too_large);
}

TEST(IncomingTransfer, BelievesNothingUnsigned) {
  const auto key = *tsig_key::parse("xfr:hmac-sha256:AAECAwQFBgcICQoLDA0ODw==");
  const auto whole = answer_of("@ SOA a b 7 1 1 1 1;@ SOA a b 7 1 1 1 1");
  std::array<std::byte, 1024> space;
  const name origin = *name::parse("example.");
  incoming_transfer bare(origin, nullptr, &key);
  static_cast<void>(bare.ask(space, 9, 1));
  EXPECT_EQ(bare.input(whole, 1), state::failed);
  EXPECT_EQ(bare.error(), transfer_error::not_signed);

  incoming_transfer good(origin, nullptr, &key);
  const std::size_t size = good.ask(space, 9, 1);
  const cbytes question = cbytes(space).first(size);
  tsig_exchange primary(key);
  ASSERT_EQ(primary.verify(question, **tsig_record::of(question), 1), rcode::no_error);
  auto first = answer_of("@ SOA a b 7 1 1 1 1");
  const auto second = answer_of("a A 192.0.2.1");
  auto last = answer_of("@ SOA a b 7 1 1 1 1");
  const auto sign = [&](std::vector<std::byte>& message) {
    const std::size_t before = message.size();
    message.resize(before + primary.size());
    message.resize(primary.sign(message, before, 1));
  };
  sign(first);
  EXPECT_EQ(good.input(first, 1), state::more);
  EXPECT_EQ(good.input(second, 1), state::more) << "the next signature covers it";
  primary.add_unsigned(second);
  sign(last);
  EXPECT_EQ(good.input(last, 1), state::building);
  EXPECT_FALSE(good.take()) << "not yet";
  EXPECT_EQ(good.build(100), state::done);
}

}  // namespace
}  // namespace mirage::dns
