// SPDX-License-Identifier: ISC
// An answer takes no memory: every `operator new` of this program is counted.
#include <gtest/gtest.h>

#include "asking.hpp"
#include "mirage/test/allocations.hpp"

namespace mirage::dns {
namespace {

TEST(NoAllocation, AnAnswer) {
  test::asking on;
  std::array<std::byte, 1232> space;
  using enum record_type;
  for (const auto& [subject, type] : {std::pair{"a.example.", a},
                                      {"no.a.example.", a},
                                      {"alias.example.", a},
                                      {"p.w.example.", a},
                                      {"x.d.example.", a},
                                      {"x.cut.example.", a},
                                      {"many.example.", a},
                                      {"a.example.", any},
                                      {"other.", a}}) {
    const auto message = test::query_for(subject, type, true);
    std::size_t size = 0;
    EXPECT_EQ(mirage::test::allocations_of([&] {
                const query asked(message);
                size = on.core.answer(asked, space, transport::udp, ip_address("192.0.2.99"), 1).size;
              }),
              0u);
    EXPECT_GT(size, message.size() - 1) << subject;
  }
}

}  // namespace
}  // namespace mirage::dns
