// SPDX-License-Identifier: ISC
// `v1::resolver`: names, literal addresses, and what is neither.
//
// The subject, besides what suite.hpp asks for:
//   using resolver = ...;            the implementation under test
//   resolver& device();
//   std::string known();             a name that it resolves ...
//   std::vector<ip_address> addresses();   ... to these, in this order where it has one
//   std::string unknown();           a host name without an address; optional
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class resolver_suite {
  using resolver = typename Subject::resolver;
  static_assert(v1::resolver<resolver>);

 public:
  explicit resolver_suite(Subject& made) : subject(made) {}
  Subject& subject;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> a_name_has_its_addresses() {
    auto found = co_await subject.device().resolve(subject.known());
    MIRAGE_CO_ASSERT(found.has_value());
    const std::vector<ip_address> all(found->begin(), found->end());
    EXPECT_EQ(all.size(), subject.addresses().size());
    for (const ip_address& each : subject.addresses()) EXPECT_NE(std::ranges::find(all, each), all.end());
  }

  task<> case_makes_no_difference() {
    std::string loud = subject.known();
    std::ranges::transform(loud, loud.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? char(c - 'a' + 'A') : c; });
    auto found = co_await subject.device().resolve(loud);
    EXPECT_EQ(outcome(found), "ok");
  }

  task<> a_literal_address_is_its_own_answer() {
    for (const ip_address& literal : {ip_address("192.0.2.1"), ip_address("2001:db8::7")}) {
      auto found = co_await subject.device().resolve(literal.is_v4() ? "192.0.2.1" : "2001:db8::7");
      MIRAGE_CO_ASSERT(found.has_value());
      MIRAGE_CO_ASSERT(found->size() == 1);
      EXPECT_EQ(found->front(), literal);
    }
  }

  task<> what_is_no_host_name_is_refused() {
    const std::string too_long = std::string(64, 'a') + ".example";
    for (const std::string& name : {std::string(), std::string("two words"), std::string("a..b"),
                                    std::string(".a"), std::string("http://example.org"),
                                    std::string("-a.example"), too_long, std::string("nul\0.example", 12)}) {
      auto found = co_await subject.device().resolve(name);
      EXPECT_EQ(error_of(found), v1::resolve_error::bad_name) << "`" << name << "`";
    }
  }

  task<> a_name_without_address_is_not_found() {
    auto found = co_await subject.device().resolve(subject.unknown());
    EXPECT_EQ(error_of(found), v1::resolve_error::not_found);
  }

  task<> questions_are_asked_at_once_and_cancelled() {
    for (int rounds = 0; rounds < 3; ++rounds) {
      scope asking;
      for (int i = 0; i < 5; ++i) MIRAGE_CO_ASSERT(asking.spawn("question", ask()).has_value());
      for (int i = 0; i < rounds; ++i) co_await yield();
      asking.cancel();
    }
    auto found = co_await subject.device().resolve(subject.known());
    EXPECT_EQ(outcome(found), "ok");
  }

  static std::vector<suite_test<resolver_suite>> tests() {
    std::vector<suite_test<resolver_suite>> all{
        MIRAGE_SUITE_TEST(resolver_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(resolver_suite, a_name_has_its_addresses),
        MIRAGE_SUITE_TEST(resolver_suite, case_makes_no_difference),
        MIRAGE_SUITE_TEST(resolver_suite, a_literal_address_is_its_own_answer),
        MIRAGE_SUITE_TEST(resolver_suite, what_is_no_host_name_is_refused),
        MIRAGE_SUITE_TEST(resolver_suite, questions_are_asked_at_once_and_cancelled),
    };
    if constexpr (requires(Subject& s) { s.unknown(); })
      all.push_back(MIRAGE_SUITE_TEST(resolver_suite, a_name_without_address_is_not_found));
    return all;
  }

 private:
  task<> ask() {
    // The name goes while the question is asked.
    const std::string name = subject.known();
    auto found = co_await subject.device().resolve(name);
    EXPECT_EQ(outcome(found), "ok");
  }
};

}  // namespace mirage::test
