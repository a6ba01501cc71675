// SPDX-License-Identifier: ISC
#include "mirage/dns/zone_difference.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <string_view>

#include "mirage/core/format.hpp"
#include "mirage/dns/rdata_text.hpp"
#include "mirage/dns/zone_file.hpp"
#include "mirage/dns/zone_records.hpp"

namespace mirage::dns {
namespace {

std::unique_ptr<const zone> zone_of(std::string_view text) {
  auto made = read_zone(text, *name::parse("example."));
  EXPECT_TRUE(made) << made.error().why;
  return *std::move(made);
}

void add_words(text_writer& out, name_view owner, cbytes record) {
  const auto type = static_cast<record_type>(load_be16(record.data() + 2));
  format_to(out, "{} {} {} ", owner, load_be32(record.data() + 6), type);
  format_rdata(out, type, record.subspan(record_set::record_header));
  out.append("; ");
}

std::string words_of(cbytes list) {
  std::array<char, 4096> space;
  text_writer out(space);
  while (!list.empty()) {
    const listed_record each = listed_record::take(list);
    add_words(out, each.owner, each.record);
  }
  return std::string(out.text());
}

TEST(ZoneRecords, AreAllOfThem) {
  const auto zone = zone_of(
      "$TTL 9\n@ SOA a b 1 2 3 4 5\n@ NS a\na A 192.0.2.1\na A 192.0.2.2\nx.y TXT t\nz RRSIG A 8 2 60 "
      "20300101000000 20200101000000 1 example. AAAA\n");
  std::array<char, 4096> space;
  text_writer out(space);
  std::size_t count = 0;
  for (zone_records each(*zone); !each.at_end(); each.next(), ++count)
    format_to(out, "{} {}; ", each.owner(), each.type());
  EXPECT_EQ(out.text(),
            "example. NS; example. SOA; a.example. A; a.example. A; x.y.example. TXT; z.example. RRSIG; ");
  EXPECT_EQ(count, zone->records());
}

TEST(ZoneDifference, SaysWhatGoesAndWhatComes) {
  const auto from = zone_of(
      "$TTL 9\n@ SOA a b 1 2 3 4 5\n@ NS a\na A 192.0.2.1\na A 192.0.2.2\nb A 192.0.2.3\nsame TXT x\n");
  const auto to = zone_of(
      "$TTL 9\n@ SOA a b 3 2 3 4 5\n@ NS a\na A 192.0.2.2\na A 192.0.2.4\nb 7 A 192.0.2.3\nc TXT y\nsame TXT "
      "x\n");
  const auto made = zone_difference::between(*from, *to, 10000);
  ASSERT_TRUE(made);
  EXPECT_EQ(made->from_serial(), 1u);
  EXPECT_EQ(made->to_serial(), 3u);
  EXPECT_EQ(
      words_of(made->removed()),
      "example. 9 SOA a.example. b.example. 1 2 3 4 5; a.example. 9 A 192.0.2.1; b.example. 9 A 192.0.2.3; ");
  EXPECT_EQ(
      words_of(made->added()),
      "example. 9 SOA a.example. b.example. 3 2 3 4 5; a.example. 9 A 192.0.2.4; b.example. 7 A 192.0.2.3; "
      "c.example. 9 TXT \"y\"; ");
}

TEST(ZoneDifference, HasALimit) {
  const auto from = zone_of("$TTL 9\n@ SOA a b 1 2 3 4 5\n");
  const auto to = zone_of("$TTL 9\n@ SOA a b 2 2 3 4 5\n$GENERATE 1-100 x$ A 192.0.2.1\n");
  EXPECT_FALSE(zone_difference::between(*from, *to, 1000));
  EXPECT_TRUE(zone_difference::between(*from, *to, 10000));
}

}  // namespace
}  // namespace mirage::dns
