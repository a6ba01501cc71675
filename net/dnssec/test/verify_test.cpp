// SPDX-License-Identifier: ISC
// The examples of RFC 5702 §6, RFC 6605 §6 and RFC 8080 §6, and what is left of them after a change.
#include "mirage/dnssec/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include <mirage/dnssec/record_check.hpp>

#include "record_text.hpp"

namespace mirage::dnssec {
namespace {

using dns::record_type;
using test::name_of;
using test::rdata_of;
using test::records_of;

struct example {
  const char* title;
  const char* zone;
  const char* owner;
  record_type type;
  const char* record;
  const char* signature;
  const char* key;
  std::uint16_t tag;
  const char* trusted;  // a DS record, where the RFC has one
  std::uint32_t now;
};

const example examples[] = {
    {"rsa_sha256", "example.net.", "www.example.net.", record_type::a, "192.0.2.91",
     "A 8 3 3600 20300101000000 20000101000000 9033 example.net. "
     "kRCOH6u7l0QGy9qpC9l1sLncJcOKFLJ7GhiUOibu4teYp5VE9RncriShZNz85mwlMgNEacFYK/lPtPiVYP4bwg==",
     "256 3 8 AwEAAcFcGsaxxdgiuuGmCkVImy4h99CqT7jwY3pexPGcnUFtR2Fh36BponcwtkZ4cAgtvd4Qs8PkxUdp6p/DlUmObdk=",
     9033, nullptr, 1'600'000'000},
    {"ecdsa_p256", "example.net.", "www.example.net.", record_type::a, "192.0.2.1",
     "A 13 3 3600 20100909100439 20100812100439 55648 example.net. "
     "qx6wLYqmh+l9oCKTN6qIc+bw6ya+KJ8oMz0YP107epXAyGmt+3SNruPFKG7tZoLBLlUzGGus7ZwmwWep666VCw==",
     "257 3 13 GojIhhXUN/u4v54ZQqGSnyhWJwaubCvTmeexv7bR6edbkrSqQpF64cYbcB7wNcP+e+MAnLr+Wi9xMWyQLc8NAA==",
     55648, "55648 13 2 b4c8c1fe2e7477127b27115656ad6256f424625bf5c1e2770ce6d6e37df61d17", 1'283'000'000},
    {"ecdsa_p384", "example.net.", "www.example.net.", record_type::a, "192.0.2.1",
     "A 14 3 3600 20100909102025 20100812102025 10771 example.net. "
     "/L5hDKIvGDyI1fcARX3z65qrmPsVz73QD1Mr5CEqOiLP95hxQouuroGCeZOvzFaxsT8Glr74hbavRKayJNuydCuzWTSSPdz7wnqXL5b"
     "dcJzusdnI"
     "0RSMROxxwGipWcJm",
     "257 3 14 "
     "xKYaNhWdGOfJ+nPrL8/arkwf2EY3MDJ+SErKivBVSum1w/egsXvSADtNJhyem5RCOpgQ6K8X1DRSEkrbYQ+OB+v8/"
     "uX45NBwY8rp65F6Glur8I/m"
     "lVNgF6W/qTI37m40",
     10771,
     "10771 14 4 "
     "72d7b62976ce06438e9c0bf319013cf801f09ecc84b8d7e9495f27e305c6a9b0563a9b5f4d288405c3008a946df983d6",
     1'283'000'000},
    {"ed25519", "example.com.", "example.com.", record_type::mx, "10 mail.example.com.",
     "MX 15 2 3600 1440021600 1438207200 3613 example.com. "
     "oL9krJun7xfBOIWcGHi7mag5/hdZrKWw15jPGrHpjQeRAvTdszaPD+QLs3fx8A4M3e23mRZ9VrbpMngwcrqNAg==",
     "257 3 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=", 3613,
     "3613 15 2 3aa5ab37efce57f737fc1627013fee07bdf241bd10f3b1964ab55c78e79a304b", 1'439'000'000},
};

struct verify_test : testing::TestWithParam<example> {
  [[nodiscard]] verdict outcome() {
    work left;
    return check({owner, GetParam().type, records}, signatures, zone, keys, now, left).found;
  }

  dns::name zone = name_of(GetParam().zone);
  dns::name owner = name_of(GetParam().owner);
  std::vector<std::byte> records = records_of(GetParam().type, {GetParam().record});
  std::vector<std::byte> signatures = records_of(record_type::rrsig, {GetParam().signature});
  std::vector<std::byte> keys = records_of(record_type::dnskey, {GetParam().key});
  std::uint32_t now = GetParam().now;
};

TEST_P(verify_test, TheExampleIsSecure) { EXPECT_EQ(outcome(), verdict::secure); }

TEST_P(verify_test, TheCaseOfNamesDoesNotMatter) {
  std::string text = GetParam().owner;
  std::ranges::transform(text, text.begin(),
                         [](char c) { return c >= 'a' ? static_cast<char>(c - 0x20) : c; });
  owner = name_of(text);
  EXPECT_EQ(outcome(), verdict::secure);
}

TEST_P(verify_test, AChangeAnywhereIsSeen) {
  records.back() ^= std::byte{1};
  EXPECT_NE(outcome(), verdict::secure);
  records.back() ^= std::byte{1};
  for (const std::size_t at : {std::size_t{2 + 7}, signatures.size() - 1, signatures.size() - 40}) {
    signatures[at] ^= std::byte{1};
    EXPECT_NE(outcome(), verdict::secure) << at;
    signatures[at] ^= std::byte{1};
  }
  keys[keys.size() - 5] ^= std::byte{1};
  EXPECT_NE(outcome(), verdict::secure);
}

TEST_P(verify_test, AKeyOrASignatureOfAnotherLengthIsNone) {
  const auto key = rdata_of(record_type::dnskey, GetParam().key);
  const auto value = rdata_of(record_type::rrsig, GetParam().signature);
  const algorithm made_with = public_key::read(key)->made_for;
  const cbytes good_value = signature::read(value)->value;
  for (std::size_t size = 0; size < key.size() - 4; size += 7)
    EXPECT_FALSE(verify(made_with, cbytes(key).subspan(4, size), records, good_value));
  for (std::size_t size = 0; size < good_value.size(); size += 7)
    EXPECT_FALSE(verify(made_with, cbytes(key).subspan(4), records, good_value.first(size)));
}

TEST_P(verify_test, TheKeyHasItsTagAndItsDelegation) {
  const auto rdata = rdata_of(record_type::dnskey, GetParam().key);
  const auto key = public_key::read(rdata);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->tag, GetParam().tag);
  if (GetParam().trusted == nullptr) return;
  auto trusted = rdata_of(record_type::ds, GetParam().trusted);
  EXPECT_TRUE(matches(*delegation::read(trusted), zone, *key));
  EXPECT_FALSE(matches(*delegation::read(trusted), name_of("example.org."), *key));
  trusted.back() ^= std::byte{1};
  EXPECT_FALSE(matches(*delegation::read(trusted), zone, *key));
}

INSTANTIATE_TEST_SUITE_P(examples, verify_test, testing::ValuesIn(examples),
                         [](const auto& each) { return std::string(each.param.title); });

TEST(public_key_test, KeysThatSignNoZoneAreNone) {
  const std::string value = " 15 l02Woi0iS8Aa25FQkUd9RMzZHJpBoRQwAQEX1SxZJA4=";
  const auto read = [&](const std::string& front) {
    const auto rdata = rdata_of(record_type::dnskey, front + value);
    return public_key::read(rdata).has_value();
  };
  EXPECT_TRUE(read("256 3"));
  EXPECT_TRUE(read("257 3"));
  EXPECT_FALSE(read("0 3"));
  EXPECT_FALSE(read("385 3")) << "revoked";
  EXPECT_FALSE(read("256 2"));
}

}  // namespace
}  // namespace mirage::dnssec
