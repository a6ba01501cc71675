// SPDX-License-Identifier: ISC
#include "mirage/dns_client/cache.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mirage {
namespace {

constexpr instant now{1000s};
constexpr auto a = dns::record_type::a;

dns::name numbered(int number) { return *dns::name::parse("host" + std::to_string(number) + ".example.org"); }

dns_answer answer(duration time_to_live, dns_answer::kind what = dns_answer::kind::addresses) {
  return {.what = what, .time_to_live = time_to_live};
}

TEST(DnsCache, IsBounded) {
  const dns_client_options options{.cache_size = 10};
  dns_cache cache(options);
  for (int i = 0; i < 100; ++i) cache.keep(numbered(i), a, answer(1h), now + std::chrono::seconds(i));
  EXPECT_EQ(cache.size(), 10U);
  EXPECT_EQ(cache.find(numbered(89), a, now + 100s), nullptr);
  EXPECT_NE(cache.find(numbered(90), a, now + 100s), nullptr);
}

TEST(DnsCache, WhatIsWantedStays) {
  const dns_client_options options{.cache_size = 3};
  dns_cache cache(options);
  for (int i = 0; i < 3; ++i) cache.keep(numbered(i), a, answer(1h), now);
  EXPECT_NE(cache.find(numbered(0), a, now + 1s), nullptr);
  for (int i = 3; i < 5; ++i) cache.keep(numbered(i), a, answer(1h), now + 2s);
  EXPECT_NE(cache.find(numbered(0), a, now + 3s), nullptr);
  EXPECT_EQ(cache.find(numbered(1), a, now + 3s), nullptr);
}

TEST(DnsCache, WhatHoldsNoMoreMakesRoomFirst) {
  const dns_client_options options{.cache_size = 2};
  dns_cache cache(options);
  cache.keep(numbered(0), a, answer(1h), now);
  cache.keep(numbered(1), a, answer(1s), now + 1s);
  cache.keep(numbered(2), a, answer(1h), now + 5s);
  EXPECT_NE(cache.find(numbered(0), a, now + 5s), nullptr);
}

TEST(DnsCache, TypesAreApart) {
  const dns_client_options options;
  dns_cache cache(options);
  cache.keep(numbered(0), a, answer(1h), now);
  EXPECT_EQ(cache.find(numbered(0), dns::record_type::aaaa, now), nullptr);
  EXPECT_NE(cache.find(*dns::name::parse("HOST0.EXAMPLE.ORG"), a, now), nullptr);
}

TEST(DnsCache, TimesHaveBounds) {
  const dns_client_options options;
  dns_cache cache(options);
  cache.keep(numbered(0), a, answer(duration::max()), now);
  EXPECT_NE(cache.find(numbered(0), a, now + 23h), nullptr);
  EXPECT_EQ(cache.find(numbered(0), a, now + 25h), nullptr);
  cache.keep(numbered(1), a, answer(24h, dns_answer::kind::no_name), now);
  EXPECT_EQ(cache.find(numbered(1), a, now + 1h), nullptr);
  cache.keep(numbered(2), a, answer(0s), now);
  EXPECT_EQ(cache.find(numbered(2), a, now), nullptr);
  cache.keep(numbered(3), a, answer(0s, dns_answer::kind::failed), now);
  EXPECT_NE(cache.find(numbered(3), a, now + 999ms), nullptr);
  EXPECT_EQ(cache.find(numbered(3), a, now + 1s), nullptr);
}

}  // namespace
}  // namespace mirage
