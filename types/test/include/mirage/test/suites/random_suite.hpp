// SPDX-License-Identifier: ISC
// `v1::random`: that every byte is written and none is always the same. That nobody can guess them no test
// can show.
//
// The subject, besides what suite.hpp asks for:
//   using random = ...;    the implementation under test
//   random& device();
#pragma once

#include <algorithm>
#include <array>
#include <bit>
#include <set>
#include <vector>

#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

template <class Subject>
class random_suite {
  static_assert(v1::random<typename Subject::random>);

 public:
  explicit random_suite(Subject& made) : subject(made) {}
  Subject& subject;

  void it_is_a_device() { expect_device(subject.device()); }

  void every_byte_is_written_and_none_beside() {
    // Of 64 fillings, no byte is the same each time but by a chance of 2^-500; the ones beside are.
    for (std::size_t length = 0; length < 70; ++length) {
      std::array<std::byte, 72> first{};
      std::vector<bool> changed(first.size(), false);
      for (int i = 0; i < 64; ++i) {
        std::array<std::byte, 72> now{};
        subject.device().fill(bytes(now).subspan(1, length));
        if (i == 0) first = now;
        for (std::size_t at = 0; at < now.size(); ++at)
          if (now[at] != first[at]) changed[at] = true;
      }
      for (std::size_t at = 0; at < changed.size(); ++at)
        ASSERT_EQ(changed[at], at >= 1 && at <= length) << "byte " << at << " of " << length;
    }
  }

  void fillings_differ() {
    std::set<std::array<std::byte, 16>> seen;
    for (int i = 0; i < 1000; ++i) {
      std::array<std::byte, 16> filling{};
      subject.device().fill(filling);
      EXPECT_TRUE(seen.insert(filling).second) << "the same 16 bytes came twice";
    }
  }

  void bits_are_even() {
    std::vector<std::byte> much(1 << 20);
    subject.device().fill(much);
    long ones = 0;
    for (const std::byte each : much) ones += std::popcount(std::to_integer<unsigned>(each));
    // Eight standard deviations of 2^23 coins.
    EXPECT_NEAR(static_cast<double>(ones), 4'194'304.0, 8 * 1448.2);
  }

  static std::vector<suite_test<random_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(random_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(random_suite, every_byte_is_written_and_none_beside),
        MIRAGE_SUITE_TEST(random_suite, fillings_differ),
        MIRAGE_SUITE_TEST(random_suite, bits_are_even),
    };
  }
};

}  // namespace mirage::test
