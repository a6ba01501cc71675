// SPDX-License-Identifier: ISC
// Times, and what is spent on records that somebody made to be costly.
#include "mirage/dnssec/record_check.hpp"

#include <gtest/gtest.h>

#include "mirage/dnssec/canonical.hpp"

#include "record_text.hpp"

namespace mirage::dnssec {
namespace {

using dns::record_type;
using test::name_of;
using test::records_of;

constexpr std::uint32_t inception = 1'438'207'200;
constexpr std::uint32_t expiration = 1'440'021'600;
constexpr std::uint32_t inside = 1'439'000'000;

struct record_check_test : testing::Test {
  [[nodiscard]] verdict outcome(std::uint32_t now = inside) {
    return check({zone, record_type::mx, records}, signatures, zone, keys, now, left).found;
  }
  void add(std::vector<std::byte>& to, const std::vector<std::byte>& more) {
    to.insert(to.begin(), more.begin(), more.end());
  }

  dns::name zone = name_of("example.com.");
  std::vector<std::byte> records = records_of(record_type::mx, {"10 mail.example.com."});
  std::vector<std::byte> signatures = records_of(
      record_type::rrsig,
      {"MX 15 2 3600 1440021600 1438207200 3613 example.com. "
       "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg=="});
  std::vector<std::byte> keys =
      records_of(record_type::dnskey, {"257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4="});
  work left;
};

TEST_F(record_check_test, ASignatureHoldsForATime) {
  EXPECT_EQ(outcome(inception), verdict::secure);
  EXPECT_EQ(outcome(expiration), verdict::secure);
  EXPECT_EQ(outcome(inception - 1), verdict::not_yet_valid);
  EXPECT_EQ(outcome(expiration + 1), verdict::expired);
  EXPECT_EQ(outcome(0), verdict::not_yet_valid);
}

TEST_F(record_check_test, WithoutAKeyOrASignatureNothingIsSecure) {
  const auto signed_with = signatures;
  signatures.clear();
  EXPECT_EQ(outcome(), verdict::no_signature);
  signatures = signed_with;
  keys.clear();
  EXPECT_EQ(outcome(), verdict::no_key);
  EXPECT_EQ(left.signatures, work{}.signatures) << "nothing was computed";
}

TEST_F(record_check_test, ANameOutsideOfTheZoneIsNotItsOwn) {
  const dns::name other = name_of("example.org.");
  EXPECT_EQ(check({other, record_type::mx, records}, signatures, zone, keys, inside, left).found,
            verdict::no_signature);
  EXPECT_EQ(check({zone, record_type::mx, records}, signatures, other, keys, inside, left).found,
            verdict::no_signature);
}

TEST_F(record_check_test, OneGoodSignatureAmongBadOnesIsEnough) {
  add(signatures,
      records_of(record_type::rrsig, {"MX 15 2 3600 1440021600 1438207200 3613 example.com. AAAA",
                                      "MX 15 2 3600 1440021600 1438207200 1 example.com. AAAA",
                                      "A 15 2 3600 1440021600 1438207200 3613 example.com. AAAA"}));
  EXPECT_EQ(outcome(), verdict::secure);
  EXPECT_EQ(left.signatures, work{}.signatures - 2);
}

TEST_F(record_check_test, KeysOfOneTagAndManySignaturesCostLittle) {
  // As in KeyTrap: the tag is a sum, so words of a key that change places leave it as it is.
  auto colliding = records_of(record_type::dnskey, {"257 3 15 IkuX/Vtd1T1ESt2TctSgB4k23DtUGsCwDU2vBAY0kkA="});
  std::vector<std::byte> many;
  const auto good = public_key::read(cbytes(colliding).subspan(2));
  ASSERT_TRUE(good);
  for (std::size_t at = 6; at + 4 <= colliding.size(); at += 4) {
    auto other = colliding;
    std::swap(other[at], other[at + 2]);
    std::swap(other[at + 1], other[at + 3]);
    add(many, other);
  }
  keys = many;
  std::string text = "MX 15 2 3600 1440021600 1438207200 " + std::to_string(good->tag) + " example.com. ";
  signatures.clear();
  for (int i = 0; i < 50; ++i) {
    std::string value(88, 'A');
    value[static_cast<std::size_t>(i)] = 'B';
    value.replace(86, 2, "==");
    add(signatures, records_of(record_type::rrsig, {text + value}));
  }
  EXPECT_EQ(outcome(), verdict::bad_signature);
  EXPECT_EQ(work{}.signatures - left.signatures, 8U) << "four signatures, two keys each";
  EXPECT_EQ(outcome(), verdict::too_costly);
  EXPECT_EQ(work{}.signatures - left.signatures, 8U) << "enough of them were bad";
}

TEST_F(record_check_test, KeysAreTrustedByADelegation) {
  auto digest = records_of(record_type::ds,
                           {"3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b"});
  EXPECT_TRUE(has_supported(digest));
  EXPECT_EQ(check_keys(keys, {}, zone, digest, inside, left).found, verdict::no_signature);
  EXPECT_FALSE(has_supported({}));
  EXPECT_FALSE(has_supported(records_of(record_type::ds, {"3613 5 2 00", "3613 15 1 00", "3613 250 2 00"})));
}

TEST(canonical_test, RecordsAreSortedFoldedAndOnce) {
  const auto rdata = test::rdata_of(record_type::rrsig, "MX 15 1 60 1440021600 1438207200 3613 COM. AAAA");
  const auto by = *signature::read(rdata);
  const dns::name owner = name_of("A.Example.COM.");
  const auto one = records_of(record_type::mx, {"20 B.example.", "10 a.example.", "10 A.EXAMPLE."});
  const auto other = records_of(record_type::mx, {"10 a.EXAMPLE.", "20 b.example."});
  const auto made = signed_data(by, {owner, record_type::mx, one});
  EXPECT_EQ(made, signed_data(by, {name_of("x.com."), record_type::mx, other})) << "both of *.com.";
  EXPECT_TRUE(is_expanded(by, owner));
  EXPECT_FALSE(is_expanded(by, name_of("*.com.")));
  EXPECT_TRUE(signed_data(by, {dns::name_view(), record_type::mx, one}).empty());
}

}  // namespace
}  // namespace mirage::dnssec
