// SPDX-License-Identifier: ISC
#include "mirage/test/allocations.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <new>
#include <string>

namespace mirage {
namespace {

// Called by its name: what a new-expression takes and gives back the compiler may leave out.
void take_some() {
  void* const memory = ::operator new(1);
  ::operator delete(memory);
}

TEST(allocations, are_counted) {
  EXPECT_EQ(test::allocations_of([] {}), 0u);
  EXPECT_EQ(test::allocations_of(take_some), 1u);
}

TEST(allocations, of_the_library_are_counted_too) {
  std::shared_ptr<std::string> kept;
  EXPECT_EQ(test::allocations_of([&kept] { kept = std::make_shared<std::string>(1000, 'x'); }), 2u);
}

}  // namespace
}  // namespace mirage
