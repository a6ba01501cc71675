// SPDX-License-Identifier: ISC
#include "mirage/dns_client/candidates.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mirage {
namespace {

std::vector<std::string> all(std::string_view host, std::vector<std::string_view> search) {
  std::vector<std::string> found;
  dns_candidates candidates(host, search);
  while (const auto next = candidates.next()) {
    std::string text;
    {
      text_stream out{[&](std::string_view chunk) { text += chunk; }};
      format(out, *next);
    }
    found.push_back(text);
  }
  return found;
}
using names = std::vector<std::string>;

TEST(DnsCandidates, WithoutASearchListANameIsItself) {
  EXPECT_EQ(all("www", {}), names{"www."});
  EXPECT_EQ(all("www.example.org.", {}), names{"www.example.org."});
}

TEST(DnsCandidates, AShortNameIsSearchedFor) {
  EXPECT_EQ(all("www", {"example.org", "example.com."}),
            (names{"www.example.org.", "www.example.com.", "www."}));
}

TEST(DnsCandidates, ALongerNameIsTriedAsItIsFirst) {
  EXPECT_EQ(all("a.b", {"example.org"}), (names{"a.b.", "a.b.example.org."}));
}

TEST(DnsCandidates, AWholeNameIsNotSearchedFor) { EXPECT_EQ(all("www.", {"example.org"}), names{"www."}); }

TEST(DnsCandidates, WhatIsNoNameIsPassedOver) {
  const std::string too_long = std::string(60, 'a') + "." + std::string(60, 'b') + "." +
                               std::string(60, 'c') + "." + std::string(60, 'd');
  EXPECT_EQ(all("www", {"", "a..b", "example.org"}), (names{"www.example.org.", "www."}));
  EXPECT_EQ(all(std::string(20, 'x'), {too_long}), names{std::string(20, 'x') + "."});
}

}  // namespace
}  // namespace mirage
