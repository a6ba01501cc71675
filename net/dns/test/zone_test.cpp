// SPDX-License-Identifier: ISC
#include "mirage/dns/zone.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <random>
#include <string>
#include <vector>

#include "mirage/core/format.hpp"
#include "mirage/dns/zone_file.hpp"

namespace mirage::dns {
namespace {

constexpr std::string_view soa = "@ 60 SOA ns host 7 2 3 4 5\n";

std::unique_ptr<const zone> made(const std::string& text) {
  auto read = read_zone(std::string(soa) + text, *name::parse("example."));
  EXPECT_TRUE(read) << read.error().line << ": " << read.error().why;
  return read ? *std::move(read) : nullptr;
}

std::string refused(const std::string& text) {
  const auto read = read_zone(text, *name::parse("example."));
  return read ? "no error" : std::string(read.error().why);
}

zone_node find(const zone& in, std::string_view text) {
  const query_name name(*name::parse(text));
  return in.find(name, name.labels());
}

TEST(Zone, FindsNamesInAnyCase) {
  const auto zone = made("a A 192.0.2.1\na A 192.0.2.2\na A 192.0.2.1\nB.x TXT y\n");
  EXPECT_EQ(zone->serial(), 7u);
  const record_set set = find(*zone, "A.ExAmPlE.").find(record_type::a);
  EXPECT_EQ(set.count(), 2u);
  EXPECT_EQ(set.ttl(), 60u);
  EXPECT_FALSE(find(*zone, "a.example.").find(record_type::aaaa));
  EXPECT_TRUE(find(*zone, "b.X.example."));
  EXPECT_TRUE(find(*zone, "x.example.")) << "an empty non-terminal";
  EXPECT_FALSE(find(*zone, "c.example."));
  EXPECT_EQ(zone->names(), 4u);
  EXPECT_EQ(zone->records(), 4u);
}

TEST(Zone, KnowsWhatIsBelowCuts) {
  const auto zone = made(
      "cut NS ns.cut\nns.cut A 192.0.2.1\nd DNAME t.\na.d A 192.0.2.2\n*.w A 192.0.2.3\n!.w A 192.0.2.4\n");
  EXPECT_TRUE(find(*zone, "cut.example.").is_cut());
  EXPECT_FALSE(find(*zone, "cut.example.").is_occluded());
  EXPECT_TRUE(find(*zone, "ns.cut.example.").is_occluded());
  EXPECT_TRUE(find(*zone, "d.example.").has_dname());
  EXPECT_TRUE(find(*zone, "a.d.example.").is_occluded());
  EXPECT_FALSE(zone->apex().is_cut());
  EXPECT_TRUE(find(*zone, "w.example.").has_wildcard());
  const query_name below(*name::parse("x.y.w.example."));
  EXPECT_TRUE(zone->find_wildcard(below, 2));
  EXPECT_FALSE(zone->find_wildcard(below, 1));
}

TEST(Zone, IsInCanonicalOrder) {
  const auto zone = made("z A 192.0.2.1\na A 192.0.2.1\nb.a A 192.0.2.1\n*.a A 192.0.2.1\nB A 192.0.2.1\n");
  std::vector<std::string> order;
  for (zone_node at = zone->apex(); at; at = zone->next(at)) order.emplace_back(as_text(at.labels()));
  EXPECT_EQ(order, (std::vector<std::string>{"", "\1a", "\1*\1a", "\1b\1a", "\1b", "\1z"}));
}

TEST(Zone, NegativeAnswersHaveTheSmallerTtl) {
  EXPECT_EQ(made("")->negative_soa().ttl(), 5u);
  EXPECT_EQ(made("")->apex().find(record_type::soa).ttl(), 60u);
}

TEST(Zone, IsRefused) {
  EXPECT_EQ(refused("a 1 A 192.0.2.1\n"), describe(zone_error::no_soa));
  EXPECT_EQ(refused(""), describe(zone_error::no_soa));
  EXPECT_EQ(refused(std::string(soa) + "@ SOA ns host 8 2 3 4 5\n"), describe(zone_error::several_soas));
  EXPECT_EQ(refused(std::string(soa) + "a CNAME b\na A 192.0.2.1\n"), describe(zone_error::cname_and_other));
  EXPECT_EQ(refused(std::string(soa) + "a CNAME b\na CNAME c\n"), describe(zone_error::several_cnames));
  EXPECT_EQ(refused(std::string(soa) + "a.elsewhere. A 192.0.2.1\n"), describe(zone_error::outside));
  EXPECT_EQ(refused(std::string(soa) + "a CH A 192.0.2.1\n"), describe(zone_error::wrong_class));
}

// The bar is 150 bytes for names of 8 to 24 octets with an A record each.
TEST(Zone, IsSmall) {
  constexpr int names = 50'000;
  std::string text;
  for (int i = 0; i < names; ++i) {
    std::array<char, 80> line;
    const int length = 6 + i * 7 % 17;
    std::snprintf(line.data(), line.size(), "h%0*d A 10.%d.%d.%d\n", length, i, i >> 16, i >> 8 & 255,
                  i & 255);
    text += line.data();
  }
  const auto zone = made(text);
  ASSERT_EQ(zone->names(), std::size_t{names} + 1);
  EXPECT_LT(static_cast<double>(zone->memory()) / names, 80);
  EXPECT_TRUE(find(*zone, "h000000.example."));
}

/// Owners, types and data of all records, and what was found out about the names.
std::string words_of(const zone& of) {
  std::string words;
  of.for_each([&](zone_node node) {
    const cbytes labels = node.labels();
    for (const std::byte each : labels) words += static_cast<char>(each);
    words += node.is_cut() ? "C" : "";
    words += node.is_occluded() ? "O" : "";
    words += node.has_wildcard() ? "W" : "";
    node.for_each([&](const record_set& set) {
      for (const std::byte each : set.records()) words += static_cast<char>(each);
    });
  });
  return words;
}

std::unique_ptr<const zone> made_in_parts(std::string_view text, std::size_t part) {
  zone_reader reader(text, *name::parse("example."));
  while (true) {
    auto read = reader.read(part);
    if (!read) continue;
    EXPECT_TRUE(*read) << read->error().line << ": " << read->error().why;
    return **std::move(read);
  }
}

TEST(Zone, IsTheSameInWhateverOrderAndParts) {
  std::vector<std::string> lines{"cut NS ns.cut\n", "ns.cut A 192.0.2.1\n", "*.w A 192.0.2.2\n", "w TXT w\n",
                                 "a MX 10 w\n",     "a A 192.0.2.3\n",      "a A 192.0.2.3\n",   "@ NS a\n"};
  for (int i = 0; i < 300; ++i) lines.push_back("n" + std::to_string(i * 7 % 300) + " A 192.0.2.1\n");
  const auto text_of = [&] {
    std::string text(soa);
    for (const auto& each : lines) text += each;
    return text;
  };
  const std::string words = words_of(*made_in_parts(text_of(), 1'000'000));
  EXPECT_NE(words.find('W'), std::string::npos);
  std::mt19937 random(1);
  for (int turn = 0; turn < 50; ++turn) {
    std::ranges::shuffle(lines, random);
    for (const std::size_t part : {1u, 7u, 256u})
      ASSERT_EQ(words_of(*made_in_parts(text_of(), part)), words) << turn << ", " << part;
  }
}

TEST(Zone, OfRecordsThatDifferInTheirTtlHasTheFirst) {
  std::string text = "$TTL 60\n";
  for (int i = 400; i > 0; --i) text += "n" + std::to_string(i) + " A 192.0.2.1\n";
  const auto zone = made(text + "b 5 A 192.0.2.1\nn1 70 A 192.0.2.1\nb 6 A 192.0.2.1\n");
  EXPECT_EQ(find(*zone, "b.example.").find(record_type::a).ttl(), 5u);
  EXPECT_EQ(find(*zone, "n1.example.").find(record_type::a).ttl(), 60u);
  EXPECT_EQ(zone->records(), 402u);
}

TEST(Zone, ThatIsWrongIsRefusedInPartsToo) {
  zone_reader reader("a CNAME b\na A 192.0.2.1\n@ 60 SOA ns host 7 2 3 4 5\n", *name::parse("example."),
                     "file");
  auto read = reader.read(1);
  for (int turn = 0; !read && turn < 100; ++turn) read = reader.read(1);
  ASSERT_TRUE(read.has_value());
  ASSERT_FALSE(*read);
  EXPECT_EQ(read->error().line, 1u) << "no time to live";
}

TEST(Zone, IsTheSameWhereverItLies) {
  const auto original = made("$ORIGIN example.\ncut NS ns.cut\n*.w TXT x\n@ NS a\nb NSEC c.example. A\n");
  std::vector<std::byte> kept(1 + original->block().size());  // at any address
  std::ranges::copy(original->block(), kept.begin() + 1);
  const auto opened = zone::open(cbytes(kept).subspan(1));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->origin(), original->origin());
  EXPECT_EQ(opened->serial(), 7u);
  EXPECT_EQ(opened->names(), original->names());
  EXPECT_EQ(opened->records(), original->records());
  EXPECT_EQ(words_of(*opened), words_of(*original));
  EXPECT_TRUE(find(*opened, "w.example.").has_wildcard());
  EXPECT_EQ(opened->nsec_at_or_before(query_name(*name::parse("x.example."))).labels()[1], std::byte{'b'});
  EXPECT_EQ(opened->negative_soa().ttl(), 5u);
  EXPECT_GE(opened->apex().labels().data(), kept.data()) << "it is not copied";
  EXPECT_LT(opened->apex().labels().data(), kept.data() + kept.size());
}

TEST(Zone, IsNotAnyOctets) {
  const auto original = made("a A 192.0.2.1\n");
  std::vector<std::byte> other(original->block().begin(), original->block().end());
  EXPECT_TRUE(zone::open(other));
  EXPECT_FALSE(zone::open(cbytes(other).first(other.size() - 1)));
  EXPECT_FALSE(zone::open(cbytes(other).first(20)));
  EXPECT_FALSE(zone::open({}));
  other[0] ^= std::byte{1};
  EXPECT_FALSE(zone::open(other));
}

}  // namespace
}  // namespace mirage::dns
