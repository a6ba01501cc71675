// SPDX-License-Identifier: ISC
#include "mirage/memory/random.hpp"

#include "mirage/test/suites/random_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

struct dice : test::virtual_subject {
  using random = memory::seeded_random;
  random& device() { return random_; }

 private:
  random random_{42};
};
MIRAGE_CONFORMANCE(random_suite, memory, dice);

TEST(seeded_random, repeats_itself) {
  std::array<std::byte, 100> first{};
  std::array<std::byte, 100> second{};
  memory::seeded_random(7).fill(first);
  memory::seeded_random(7).fill(second);
  EXPECT_EQ(first, second);
  memory::seeded_random(8).fill(second);
  EXPECT_NE(first, second);
}

}  // namespace
}  // namespace mirage
