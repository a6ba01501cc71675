// SPDX-License-Identifier: ISC
// The MACs here were made by Python's hmac over what RFC 8945 §4.3 says is signed. The key's secret is the
// octets 0 to 31; the request is an AXFR query for example., ID 0x1234, of the second 1700000000.
#include "mirage/dns/tsig.hpp"

#include <gtest/gtest.h>

#include <array>
#include <string>

#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"

namespace mirage::dns {
namespace {

constexpr std::uint64_t second = 1'700'000'000;

tsig_key key_of(tsig_algorithm algorithm = tsig_algorithm::hmac_sha256) {
  tsig_key made{.id = *name::parse("xfr.example."), .algorithm = algorithm};
  for (unsigned i = 0; i < 32; ++i) made.secret.push_back(static_cast<std::byte>(i));
  return made;
}

/// A message that grows when it is signed.
struct message {
  std::vector<std::byte> space = std::vector<std::byte>(1024);
  std::size_t size = 0;

  explicit message(bool response, bool question = true, rcode code = rcode::no_error) {
    message_writer writer(space);
    writer.set_header({.id = 0x1234, .response = response, .authoritative = response, .code = code});
    if (question) EXPECT_TRUE(writer.add_question(*name::parse("example."), record_type::axfr));
    size = writer.finish().size();
  }
  void sign(tsig_exchange& by, std::uint64_t now, rcode error = rcode::no_error) {
    const std::size_t before = size;
    size = by.sign(space, size, now, error);
    EXPECT_LE(size, before + by.size());
  }
  [[nodiscard]] cbytes view() const { return cbytes(space).first(size); }
  [[nodiscard]] tsig_record tsig() const {
    const auto found = tsig_record::of(view());
    EXPECT_TRUE(found && *found);
    return **found;
  }
  [[nodiscard]] std::string mac() const {
    std::string digits;
    for (const std::byte octet : tsig().mac) {
      digits += "0123456789abcdef"[static_cast<unsigned>(octet) >> 4];
      digits += "0123456789abcdef"[static_cast<unsigned>(octet) & 15];
    }
    return digits;
  }
};

TEST(Tsig, SignsWithEachAlgorithm) {
  using enum tsig_algorithm;
  const std::array<std::pair<tsig_algorithm, std::string_view>, 5> wanted{{
      {hmac_sha1, "8d227c112fa83485d35fcdd713e0a87db844944d"},
      {hmac_sha224, "319a3899d81c0677903fb520f00324baa1f9c15c4ae8ec275bfbd416"},
      {hmac_sha256, "22628719d285938981858482110bcfa4c6fe41526fac8a3c648904d9e98f817c"},
      {hmac_sha384,
       "666059e75dccac389afb4983a3fffcee89fad89fd4c96a1ad0064cc98e9615cd"
       "22adb174f934cdc8f0b07efef67a78d6"},
      {hmac_sha512,
       "b4d3f7503c35bae25b02f4c53b14649afad24d1675f7cb880a0c4028e9f1d4fe"
       "6aa14d4ec480dc5968b20a6f3b41eaa998a0202c1800ee7e238ebf6646ac355c"},
  }};
  for (const auto& [algorithm, mac] : wanted) {
    const tsig_key key = key_of(algorithm);
    message request(false);
    tsig_exchange client(key);
    request.sign(client, second);
    EXPECT_EQ(request.mac(), mac) << name_of(algorithm);
    tsig_exchange server(key);
    EXPECT_EQ(server.verify(request.view(), request.tsig(), second), rcode::no_error) << name_of(algorithm);
  }
}

TEST(Tsig, CoversAllMessagesOfAnAnswer) {
  const tsig_key key = key_of();
  tsig_exchange client(key);
  tsig_exchange server(key);
  message request(false);
  request.sign(client, second);
  ASSERT_EQ(server.verify(request.view(), request.tsig(), second), rcode::no_error);

  message first(true);
  first.sign(server, second + 1);
  EXPECT_EQ(first.mac(), "cc9b41f86dedf560866c92d9c55936fdebd4ae0a48d553a8819cbb61f1031cbc");
  message next(true, false);
  next.sign(server, second + 2);
  EXPECT_EQ(next.mac(), "f66cc8e1ff8ca644de85badcf5ef198399f0e0cf5f928833dd374d59a2076227");
  const message bare(true, false);
  server.add_unsigned(bare.view());
  message last(true, false);
  last.sign(server, second + 3);
  EXPECT_EQ(last.mac(), "f44ff2c82d2ac22a2b57a759d7c919da2c8e99a419e789277cb03418300e2a3f");

  EXPECT_EQ(client.verify(first.view(), first.tsig(), second), rcode::no_error);
  EXPECT_EQ(client.verify(next.view(), next.tsig(), second), rcode::no_error);
  client.add_unsigned(bare.view());
  EXPECT_EQ(client.verify(last.view(), last.tsig(), second), rcode::no_error);
}

TEST(Tsig, NoticesEveryChangedOctet) {
  const tsig_key key = key_of();
  message request(false);
  tsig_exchange client(key);
  request.sign(client, second);
  for (std::size_t i = 0; i < request.size; ++i) {
    message spoilt = request;
    spoilt.space[i] ^= std::byte{0x40};
    const auto found = tsig_record::of(spoilt.view());
    if (!found || !*found) continue;  // no longer a message
    // The ID may be changed on the way (RFC 8945 §5.4.1), and names have no case.
    if (i < 2) continue;
    tsig_exchange server(key);
    EXPECT_NE(server.verify(spoilt.view(), **found, second), rcode::no_error) << i;
  }
}

TEST(Tsig, SaysWhatIsWrong) {
  const tsig_key key = key_of();
  tsig_key other = key;
  other.id = *name::parse("other.");
  message request(false);
  tsig_exchange client(key);
  request.sign(client, second);
  EXPECT_EQ(tsig_exchange(other).verify(request.view(), request.tsig(), second), rcode::bad_key);
  other = key_of(tsig_algorithm::hmac_sha512);
  EXPECT_EQ(tsig_exchange(other).verify(request.view(), request.tsig(), second), rcode::bad_key);
  other = key;
  other.secret[0] ^= std::byte{1};
  EXPECT_EQ(tsig_exchange(other).verify(request.view(), request.tsig(), second), rcode::bad_signature);
  for (const auto& [size, wanted] : {std::pair{std::size_t{0}, rcode::bad_signature},
                                     {15, rcode::format_error},
                                     {16, rcode::bad_truncation},
                                     {31, rcode::bad_truncation},
                                     {32, rcode::no_error}}) {
    tsig_record found = request.tsig();
    found.mac = found.mac.first(size);
    EXPECT_EQ(tsig_exchange(key).verify(request.view(), found, second), wanted) << size;
  }
  EXPECT_EQ(tsig_exchange(key).verify(request.view(), request.tsig(), second + 300), rcode::no_error);
  EXPECT_EQ(tsig_exchange(key).verify(request.view(), request.tsig(), second - 301), rcode::bad_time);
}

TEST(Tsig, TellsTheTimeToWhoHasAnother) {
  const tsig_key key = key_of();
  tsig_exchange client(key);
  tsig_exchange server(key);
  message request(false);
  request.sign(client, second);
  ASSERT_EQ(server.verify(request.view(), request.tsig(), second + 1000), rcode::bad_time);
  message answer(true, true, rcode::not_authoritative);
  answer.sign(server, second + 1000, rcode::bad_time);
  EXPECT_EQ(answer.mac(), "160dc8e405b46e85c6549a0804b618897354b47d65e7baa2b5c5d5ad0db7713b");
  EXPECT_EQ(answer.tsig().time, second);
  ASSERT_EQ(answer.tsig().other.size(), 6u);
  EXPECT_EQ(load_be32(answer.tsig().other.data() + 2), second + 1000);
  EXPECT_EQ(client.verify(answer.view(), answer.tsig(), second), rcode::bad_time) << "as it says";
}

TEST(Tsig, AnswersWithoutAMacWhereThereIsNoKey) {
  const tsig_key key = key_of();
  message request(false);
  tsig_exchange client(key);
  request.sign(client, second);
  message answer(true, true, rcode::not_authoritative);
  const std::size_t before = answer.size;
  answer.size = add_tsig_error(answer.space, answer.size, request.tsig(), rcode::bad_key);
  EXPECT_EQ(answer.size, before + tsig_error_size(request.tsig()));
  EXPECT_EQ(answer.tsig().error, rcode::bad_key);
  EXPECT_EQ(answer.tsig().key, key.id);
  EXPECT_EQ(client.verify(answer.view(), answer.tsig(), second), rcode::bad_signature);
}

TEST(TsigRecord, IsTheLastOne) {
  message request(false);
  EXPECT_FALSE(tsig_record::of(request.view())->has_value());
  const tsig_key key = key_of();
  tsig_exchange client(key);
  request.sign(client, second);
  EXPECT_EQ(request.tsig().at, 25u);
  request.sign(client, second);
  EXPECT_FALSE(tsig_record::of(request.view())) << "two of them";
}

TEST(TsigKey, IsReadFromText) {
  const auto key = tsig_key::parse("Xfr.example:hmac-sha512:AAEC/w==");
  ASSERT_TRUE(key) << key.error();
  EXPECT_EQ(key->id, *name::parse("xfr.example."));
  EXPECT_EQ(key->algorithm, tsig_algorithm::hmac_sha512);
  EXPECT_EQ(key->secret, (std::vector{std::byte{0}, std::byte{1}, std::byte{2}, std::byte{0xff}}));
  for (const std::string_view wrong : {"", "a", "a:hmac-sha256", "a:hmac-md5:AAEC", "a:hmac-sha256:",
                                       "a:hmac-sha256:?", "a..b:hmac-sha256:AAEC", "a:hmac-sha256:A"})
    EXPECT_FALSE(tsig_key::parse(wrong)) << wrong;
}

}  // namespace
}  // namespace mirage::dns
