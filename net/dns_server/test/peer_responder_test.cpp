// SPDX-License-Identifier: ISC
#include "mirage/dns_server/peer_responder.hpp"

#include <gtest/gtest.h>

#include "asking.hpp"

namespace mirage::dns {
namespace {

using enum record_type;
constexpr std::uint64_t second = 1'700'000'000;
constexpr ip_address friendly("192.0.2.10");
constexpr ip_address stranger("198.51.100.1");

struct notes final : notify_sink {
  std::string zones;
  rcode notified(name_view zone, const ip_address&, const tsig_key* signer) override {
    std::array<char, 300> space;
    text_writer out(space);
    format_to(out, "{}{} ", zone, signer == nullptr ? "" : "+");
    zones += out.text();
    return rcode::no_error;
  }
};

struct trading : test::asking {
  zone_versions versions{zones, {.most_octets = 100'000}};
  key_ring keys;
  tsig_key key = *tsig_key::parse("xfr:hmac-sha256:AAECAwQFBgcICQoLDA0ODw==");
  notes told;
  std::optional<peer_responder> peers;

  trading() {
    keys.add(key);
    allow({"192.0.2.0/24", "#xfr"});
  }
  void allow(std::initializer_list<std::string_view> rules) {
    peer_options options{.keys = &keys, .most_transfers = 2, .versions = &versions, .notified = &told};
    for (const std::string_view each : rules) options.transfer_to.push_back(*transfer_rule::parse(each));
    peers.emplace(core, options);
  }
  peer_answer begin(cbytes message, bytes space, transport over, const ip_address& client) {
    const query asked(message);
    EXPECT_TRUE(peer_responder::takes(asked));
    return peers->answer(asked, space, over, client, second);
  }
  /// All messages of the answer.
  std::vector<std::vector<std::byte>> all(cbytes message, transport over = transport::tcp,
                                          const ip_address& client = friendly) {
    std::vector<std::byte> space(65535);
    std::vector<std::vector<std::byte>> messages;
    auto answer = begin(message, space, over, client);
    if (!answer.transfer) {
      space.resize(answer.made.size);
      return {space};
    }
    while (!answer.transfer->at_end()) {
      const std::size_t size = answer.transfer->next(space, second);
      EXPECT_GT(size, 0u);
      if (size == 0) break;
      messages.emplace_back(space.begin(), space.begin() + static_cast<std::ptrdiff_t>(size));
    }
    return messages;
  }
  std::string words(cbytes message, transport over = transport::tcp, const ip_address& client = friendly) {
    std::string all_words;
    for (const auto& each : all(message, over, client)) all_words += test::words_of(each) + "\n";
    return all_words;
  }
  std::vector<std::byte> sign(std::vector<std::byte> message, tsig_exchange& by, std::uint64_t now = second) {
    const std::size_t size = message.size();
    message.resize(size + by.size());
    message.resize(by.sign(message, size, now));
    return message;
  }
};

std::vector<std::byte> ixfr_query(std::uint32_t serial) {
  std::vector<std::byte> space(512);
  message_writer writer(space);
  writer.set_header({.id = 7});
  EXPECT_TRUE(writer.add_question(*name::parse("example."), ixfr));
  std::array<std::byte, 22> soa_data{};
  store_be32(soa_data.data() + 2, serial);
  EXPECT_TRUE(
      writer.add_record(section::authority, *name::parse("example."), soa, record_class::in, 0, soa_data));
  space.resize(writer.finish().size());
  return space;
}

constexpr std::string_view small_zone = "$TTL 60\n@ SOA ns host 8 2 3 4 5\n@ NS ns\nns A 192.0.2.1\n";

TEST(PeerResponder, GivesWholeZones) {
  trading on;
  on.zones.set(*read_zone(small_zone, *name::parse("example.")));
  EXPECT_EQ(on.words(test::query_for("example.", axfr)),
            "NOERROR aa | example. SOA ns.example. host.example. 8 2 3 4 5 example. NS ns.example. "
            "ns.example. A 192.0.2.1 example. SOA ns.example. host.example. 8 2 3 4 5\n");
  EXPECT_EQ(on.words(test::query_for("no.example.", axfr)), "NOTAUTH\n");
}

TEST(PeerResponder, RefusesStrangers) {
  trading on;
  const auto message = test::query_for("example.", axfr);
  EXPECT_EQ(on.words(message, transport::tcp, stranger), "REFUSED\n");
  EXPECT_EQ(on.words(message, transport::udp), "REFUSED\n") << "not over UDP";
  tsig_exchange client(on.key);
  EXPECT_TRUE(on.words(on.sign(message, client), transport::tcp, stranger).starts_with("NOERROR"));
  on.allow({"192.0.2.0/24#xfr"});
  EXPECT_EQ(on.words(message), "REFUSED\n");
  tsig_exchange again(on.key);
  EXPECT_TRUE(on.words(on.sign(message, again), transport::tcp, stranger).starts_with("REFUSED"));
  on.allow({});
  EXPECT_EQ(on.words(message), "REFUSED\n");
}

TEST(PeerResponder, SignsEachMessage) {
  trading on;
  on.zones.set(*read_zone("$TTL 60\n@ SOA ns host 8 2 3 4 5\n$GENERATE 1-5000 x$ A 192.0.2.1\n",
                          *name::parse("example.")));
  tsig_exchange client(on.key);
  const auto messages = on.all(on.sign(test::query_for("example.", axfr), client));
  EXPECT_GT(messages.size(), 3u);
  std::size_t records = 0;
  for (const auto& each : messages) {
    const auto found = tsig_record::of(each);
    ASSERT_TRUE(found && *found);
    EXPECT_EQ(client.verify(each, **found, second), rcode::no_error);
    EXPECT_LT(each.size(), 17'000u);
    records += message_reader::open(each)->head().count(section::answer);
  }
  EXPECT_EQ(records, 5002u);
}

TEST(PeerResponder, HoldsTheVersionThatItBegan) {
  trading on;
  on.zones.set(*read_zone("$TTL 60\n@ SOA ns host 8 2 3 4 5\n$GENERATE 1-5000 x$ A 192.0.2.1\n",
                          *name::parse("example.")));
  std::vector<std::byte> space(65535);
  auto answer = on.begin(test::query_for("example.", axfr), space, transport::tcp, friendly);
  EXPECT_GT(answer.transfer->next(space, second), 0u);
  on.zones.set(*read_zone(small_zone, *name::parse("example.")));
  std::size_t records = message_reader::open(space)->head().count(section::answer);
  while (!answer.transfer->at_end()) {
    EXPECT_GT(answer.transfer->next(space, second), 0u);
    records += message_reader::open(space)->head().count(section::answer);
  }
  EXPECT_EQ(records, 5002u);
}

TEST(PeerResponder, HasSoManyTransfersAtOnce) {
  trading on;
  std::vector<std::byte> space(65535);
  const auto message = test::query_for("example.", axfr);
  auto first = on.begin(message, space, transport::tcp, friendly);
  {
    auto second_one = on.begin(message, space, transport::tcp, friendly);
    EXPECT_TRUE(second_one.transfer);
    EXPECT_EQ(on.begin(message, space, transport::tcp, friendly).made.code, rcode::refused);
  }
  EXPECT_TRUE(on.begin(message, space, transport::tcp, friendly).transfer);
}

TEST(PeerResponder, GivesDifferences) {
  trading on;
  const name origin = *name::parse("example.");
  for (const std::string_view text :
       {"$TTL 60\n@ SOA ns host 10 2 3 4 5\nold TXT x\n", "$TTL 60\n@ SOA ns host 11 2 3 4 5\nnew TXT y\n",
        "$TTL 60\n@ SOA ns host 12 2 3 4 5\nnew TXT y\nnewer TXT z\n"})
    on.versions.set(*read_zone(text, origin));
  const auto soa_of = [](int serial) {
    return "example. SOA ns.example. host.example. " + std::to_string(serial) + " 2 3 4 5";
  };
  const std::string last_step =
      " " + soa_of(11) + " " + soa_of(12) + " newer.example. TXT \"z\" " + soa_of(12) + "\n";
  EXPECT_EQ(on.words(ixfr_query(11)), "NOERROR aa | " + soa_of(12) + last_step);
  EXPECT_EQ(on.words(ixfr_query(10)), "NOERROR aa | " + soa_of(12) + " " + soa_of(10) +
                                          " old.example. TXT \"x\" " + soa_of(11) +
                                          " new.example. TXT \"y\"" + last_step);
  EXPECT_EQ(on.words(ixfr_query(10), transport::udp), on.words(ixfr_query(10)));
  EXPECT_EQ(on.words(ixfr_query(12)), "NOERROR aa | " + soa_of(12) + "\n");
  EXPECT_EQ(on.words(ixfr_query(13)), "NOERROR aa | " + soa_of(12) + "\n");
  EXPECT_EQ(
      on.words(ixfr_query(3)),
      "NOERROR aa | " + soa_of(12) + " new.example. TXT \"y\" newer.example. TXT \"z\" " + soa_of(12) + "\n")
      << "all of it";
  on.versions.set(*read_zone("$TTL 60\n@ SOA ns host 13 2 3 4 5\n$GENERATE 1-100 x$ A 192.0.2.1\n", origin));
  EXPECT_EQ(on.words(ixfr_query(12), transport::udp), "NOERROR aa | " + soa_of(13) + "\n")
      << "too long for UDP";
}

TEST(PeerResponder, ServesTheVersionBeforeUntilTheDifferencesAreKnown) {
  trading on;
  const name origin = *name::parse("example.");
  on.versions.set(*read_zone("$TTL 60\n@ SOA ns host 10 2 3 4 5\n$GENERATE 1-9 x$ A 192.0.2.1\n", origin));
  zone_versions::replacement replaced(
      on.versions, *read_zone("$TTL 60\n@ SOA ns host 11 2 3 4 5\n$GENERATE 1-8 x$ A 192.0.2.1\n", origin));
  int parts = 0;
  for (; !replaced.advance(1); ++parts) ASSERT_EQ(on.versions.hold(origin)->serial(), 10u);
  EXPECT_GE(parts, 9);
  EXPECT_EQ(on.versions.hold(origin)->serial(), 11u);
  const auto differences = on.versions.since(origin, 10);
  ASSERT_EQ(differences.size(), 1u);
  EXPECT_EQ(differences[0]->to_serial(), 11u);
}

TEST(PeerResponder, ForgetsDifferencesToAVersionThatWasReplacedMeanwhile) {
  trading on;
  const name origin = *name::parse("example.");
  const auto version = [&](int serial) {
    return *read_zone("$TTL 60\n@ SOA ns host " + std::to_string(serial) + " 2 3 4 5\n", origin);
  };
  on.versions.set(version(10));
  zone_versions::replacement replaced(on.versions, version(12));
  on.versions.set(version(11));
  while (!replaced.advance(1)) {
  }
  EXPECT_EQ(on.versions.hold(origin)->serial(), 12u);
  EXPECT_TRUE(on.versions.since(origin, 10).empty());
  EXPECT_TRUE(on.versions.since(origin, 11).empty());
}

TEST(PeerResponder, AnswersSignedQueriesSigned) {
  trading on;
  tsig_exchange client(on.key);
  const auto messages = on.all(on.sign(test::query_for("many.example.", a, true), client), transport::udp);
  const auto found = tsig_record::of(messages[0]);
  ASSERT_TRUE(found && *found);
  EXPECT_EQ(client.verify(messages[0], **found, second), rcode::no_error);
  EXPECT_LE(messages[0].size(), 1232u);
}

TEST(PeerResponder, SaysWhatIsWrongWithASignature) {
  trading on;
  const auto message = test::query_for("a.example.", a);
  const auto error_of = [&](const std::vector<std::byte>& signed_message) {
    const auto messages = on.all(signed_message, transport::udp);
    EXPECT_EQ(header::load(messages[0].data()).code, rcode::not_authoritative);
    const auto found = tsig_record::of(messages[0]);
    EXPECT_TRUE(found && *found);
    return (*found)->error;
  };
  tsig_exchange late(on.key);
  const auto old = on.sign(message, late, second - 301);
  EXPECT_EQ(error_of(old), rcode::bad_time);
  const auto answered_late = on.all(old, transport::udp);
  EXPECT_EQ(late.verify(answered_late[0], **tsig_record::of(answered_late[0]), second - 301), rcode::bad_time)
      << "and signed";
  tsig_key other = on.key;
  other.secret[0] ^= std::byte{1};
  tsig_exchange wrong(other);
  EXPECT_EQ(error_of(on.sign(message, wrong)), rcode::bad_signature);
  other.id = *name::parse("other.");
  tsig_exchange unknown(other);
  EXPECT_EQ(error_of(on.sign(message, unknown)), rcode::bad_key);
  // So long a name that its error has no room in 512 octets.
  other.id = *name::parse(std::string(63, 'a') + "." + std::string(63, 'b') + "." + std::string(63, 'c') +
                          "." + std::string(61, 'd') + ".");
  tsig_exchange longest(other);
  EXPECT_EQ(error_of(on.sign(message, longest)), rcode::bad_key);
}

TEST(PeerResponder, PassesNotificationsOn) {
  trading on;
  auto message = test::query_for("example.", soa);
  message[2] = std::byte{0x20};
  EXPECT_EQ(on.words(message, transport::udp), "NOERROR aa\n");
  tsig_exchange client(on.key);
  EXPECT_TRUE(on.words(on.sign(message, client), transport::udp).starts_with("NOERROR aa"));
  EXPECT_EQ(on.told.zones, "example. example.+ ");
  on.peers.emplace(on.core, peer_options{});
  EXPECT_EQ(on.words(message, transport::udp), "NOTAUTH\n");
}

TEST(Peers, AreReadFromText) {
  EXPECT_TRUE(transfer_rule::parse("192.0.2.1")->allows(ip_address("192.0.2.1"), nullptr));
  EXPECT_FALSE(transfer_rule::parse("192.0.2.1")->allows(ip_address("192.0.2.2"), nullptr));
  EXPECT_TRUE(transfer_rule::parse("2001:db8::/32")->allows(ip_address("2001:db8::2"), nullptr));
  EXPECT_EQ(peer::parse("192.0.2.1#k")->at, endpoint("192.0.2.1:53"));
  EXPECT_EQ(peer::parse("192.0.2.1#k")->key, *name::parse("k."));
  EXPECT_EQ(peer::parse("[2001:db8::1]:5353")->at, endpoint("[2001:db8::1]:5353"));
  for (const std::string_view wrong : {"", "#", "x", "192.0.2.0/33", "192.0.2.1#a..b"}) {
    EXPECT_FALSE(transfer_rule::parse(wrong)) << wrong;
    EXPECT_FALSE(peer::parse(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace mirage::dns
