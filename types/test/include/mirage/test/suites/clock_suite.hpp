// SPDX-License-Identifier: ISC
// `v1::wall_clock` and `v1::monotonic_clock`: that they go on, and which way.
//
// The subject, besides what suite.hpp asks for:
//   using wall_clock = ...; or using monotonic_clock = ...;   the implementation under test
//   auto& device();
//   task<> pass(duration length);   lets that time pass for the clock
#pragma once

#include <optional>
#include <vector>

#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// What both have in common.
template <class Subject>
class clock_tests {
 public:
  explicit clock_tests(Subject& made) : subject(made) {}
  Subject& subject;

  void it_is_a_device() { expect_device(subject.device()); }

  void a_resolution_is_more_than_nothing() {
    const std::optional<duration> step = subject.device().resolution();
    if (step) {
      EXPECT_GT(step->count(), 0);
      EXPECT_LE(step->count(), duration(1s).count());
    }
    EXPECT_EQ(step, subject.device().resolution());
  }

  task<> time_passes() {
    const auto before = subject.device().now();
    co_await subject.pass(Subject::a_while);
    const duration passed = subject.device().now() - before;
    EXPECT_GE(passed.count(), (Subject::a_while * 9 / 10).count());
    // A busy machine may make it longer, but not without end.
    EXPECT_LE(passed.count(), (Subject::a_while * 10 + duration(5s)).count());
  }
};

template <class Subject>
class wall_clock_suite : public clock_tests<Subject> {
  static_assert(v1::wall_clock<typename Subject::wall_clock>);

 public:
  using clock_tests<Subject>::clock_tests;

  void it_is_not_the_beginning_of_time() {
    constexpr duration years = 24h * 365 * 20;
    EXPECT_GT(this->subject.device().now().time_since_epoch().count(), years.count())
        << "counts from 1970, in nanoseconds";
  }

  static std::vector<suite_test<wall_clock_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(wall_clock_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(wall_clock_suite, a_resolution_is_more_than_nothing),
        MIRAGE_SUITE_TEST(wall_clock_suite, time_passes),
        MIRAGE_SUITE_TEST(wall_clock_suite, it_is_not_the_beginning_of_time),
    };
  }
};

template <class Subject>
class monotonic_clock_suite : public clock_tests<Subject> {
  static_assert(v1::monotonic_clock<typename Subject::monotonic_clock>);

 public:
  using clock_tests<Subject>::clock_tests;

  void it_never_runs_back() {
    instant before = this->subject.device().now();
    for (int i = 0; i < 10'000; ++i) {
      const instant now = this->subject.device().now();
      ASSERT_GE(now.time_since_epoch().count(), before.time_since_epoch().count());
      before = now;
    }
  }

  static std::vector<suite_test<monotonic_clock_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(monotonic_clock_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(monotonic_clock_suite, a_resolution_is_more_than_nothing),
        MIRAGE_SUITE_TEST(monotonic_clock_suite, time_passes),
        MIRAGE_SUITE_TEST(monotonic_clock_suite, it_never_runs_back),
    };
  }
};

}  // namespace mirage::test
