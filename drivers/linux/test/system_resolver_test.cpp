// SPDX-License-Identifier: ISC
#include <mirage/linux/system_resolver.hpp>

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include <mirage/core/sleep.hpp>
#include <mirage/core/when.hpp>

#include "test_host.hpp"

namespace mirage {
namespace {

using test::test_host;

class system_resolver_test : public testing::Test {
 protected:
  auto resolve(system_resolver& by, std::string name) {
    auto ask = [](system_resolver& resolver,
                  std::string host) -> task<result<v1::address_list, v1::resolve_error>> {
      co_return co_await resolver.resolve(host);
    };
    return host.run(ask(by, std::move(name)), 30s);
  }
  test_host host;
  system_resolver resolver{"resolver_0"};
};

TEST_F(system_resolver_test, a_literal_is_its_own_answer) {
  for (const char* text : {"192.0.2.7", "2001:db8::7", "127.0.0.1"}) {
    const auto found = resolve(resolver, text);
    ASSERT_TRUE(found) << text;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ((*found)[0], *ip_address::parse(text));
  }
  EXPECT_EQ(host.counted("resolver_lookups_total"), 0U) << "nobody has to be asked";
}

TEST_F(system_resolver_test, localhost_is_found) {
  const auto found = resolve(resolver, "localhost");
  ASSERT_TRUE(found);
  ASSERT_FALSE(found->empty());
  for (const ip_address& each : *found) EXPECT_TRUE(each.is_loopback());
}

TEST_F(system_resolver_test, what_is_no_name_is_refused) {
  const std::string long_label(64, 'a');
  std::string long_name;
  while (long_name.size() < 254) long_name += "abcdefg.";
  for (const std::string& name :
       {std::string(), std::string("."), std::string("a..b"), std::string("a b"), std::string("-a"),
        std::string("a-"), std::string("a/b"), std::string("1.2.3.4.5:80"), std::string("g\xc3\xbc\xc3\x9f"),
        std::string("a\0b", 3), long_label, long_name}) {
    const auto found = resolve(resolver, name);
    ASSERT_FALSE(found) << name;
    EXPECT_EQ(found.error(), v1::resolve_error::bad_name) << name;
  }
}

TEST_F(system_resolver_test, a_name_that_does_not_exist_is_an_error) {
  // RFC 6761 §6.4; without a name server it is `failed`.
  const auto found = resolve(resolver, "mirage.invalid");
  ASSERT_FALSE(found);
  EXPECT_NE(found.error(), v1::resolve_error::bad_name);
}

TEST_F(system_resolver_test, too_many_at_once_are_refused_and_counted) {
  system_resolver small{"small", {.at_once = 1, .capacity = 2}};
  int found = 0;
  int refused = 0;
  auto ask = [&]() -> task<> {
    auto addresses = co_await small.resolve("localhost");
    ++(addresses ? found : refused);
  };
  auto work = [&]() -> task<> {
    scope asking;
    for (int i = 0; i < 5; ++i) (void)asking.spawn(ask);
    co_await asking.join();
  };
  host.run(work());
  EXPECT_EQ(found, 2);
  EXPECT_EQ(refused, 3);
  EXPECT_EQ(host.counted("resolver_refused_total", "small"), 3U);
}

TEST_F(system_resolver_test, cancelled_lookups_hold_up_nothing) {
  auto work = [&]() -> task<> {
    system_resolver gone{"gone"};
    auto ask = [&]() -> task<> { (void)co_await gone.resolve("mirage.invalid"); };
    scope asking;
    for (int i = 0; i < 8; ++i) (void)asking.spawn(ask);
    co_await yield();
    co_await yield();
  };
  const instant before = host::read_monotonic();
  host.run(work());
  EXPECT_LT(host::read_monotonic() - before, 1s);
}

}  // namespace
}  // namespace mirage
