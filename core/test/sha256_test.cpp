// SPDX-License-Identifier: ISC
// SHA-256 against the vectors of FIPS 180-4's examples and of NIST's test suite.
#include <mirage/core/sha256.hpp>

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mirage {
namespace {

std::string hex(const sha256_digest& digest) {
  std::string text;
  for (const std::byte byte : digest) {
    text += "0123456789abcdef"[std::to_integer<unsigned>(byte) >> 4U];
    text += "0123456789abcdef"[std::to_integer<unsigned>(byte) & 15U];
  }
  return text;
}

TEST(sha256, known_answers) {
  EXPECT_EQ(hex(sha256::of({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(hex(sha256::of(as_bytes("abc"))),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(hex(sha256::of(as_bytes("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"))),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  const std::string million(1'000'000, 'a');
  EXPECT_EQ(hex(sha256::of(as_bytes(million))),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

TEST(sha256, the_parts_do_not_matter) {
  std::string message;
  for (int i = 0; i < 300; ++i) message += static_cast<char>(i * 7);
  for (std::size_t length = 0; length <= message.size(); ++length) {
    const std::string_view whole = std::string_view(message).substr(0, length);
    for (const std::size_t step : {1U, 3U, 55U, 63U, 64U, 65U}) {
      sha256 digest;
      for (std::size_t at = 0; at < length; at += step) digest.update(as_bytes(whole.substr(at, step)));
      ASSERT_EQ(digest.finish(), sha256::of(as_bytes(whole))) << length << " bytes in parts of " << step;
    }
  }
}

}  // namespace
}  // namespace mirage
