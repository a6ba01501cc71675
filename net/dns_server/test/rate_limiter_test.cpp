// SPDX-License-Identifier: ISC
#include "mirage/dns_server/rate_limiter.hpp"

#include <gtest/gtest.h>

#include "asking.hpp"

namespace mirage::dns {
namespace {

using enum record_type;
using verdict = rate_limiter::verdict;

struct limited : test::asking {
  std::optional<rate_limiter> limiter;
  explicit limited(const rate_limit_options& options) { limiter.emplace(options); }

  verdict judge(std::string_view subject, record_type type, std::uint32_t second, const ip_address& client) {
    const auto message = test::query_for(subject, type);
    const query asked(message);
    std::vector<std::byte> space(512);
    const auto made = core.answer(asked, space, transport::udp, client, second);
    return limiter->judge(asked, cbytes(space).first(made.size), client, second);
  }
  /// Of `count` answers: sent, cut, left out.
  std::array<unsigned, 3> of_many(unsigned count, std::string_view subject, std::uint32_t second = 7,
                                  const ip_address& client = ip_address("192.0.2.1")) {
    std::array<unsigned, 3> counts{};
    for (unsigned i = 0; i < count; ++i)
      ++counts[static_cast<std::size_t>(judge(subject, a, second, client))];
    return counts;
  }
};

TEST(RateLimiter, LetsSoManyASecondThrough) {
  limited on({.per_second = 10});
  EXPECT_EQ(on.of_many(100, "a.example."), (std::array{10u, 45u, 45u}));
  EXPECT_EQ(on.of_many(100, "a.example.", 7, ip_address("192.0.2.200")), (std::array{0u, 50u, 50u}))
      << "a neighbour";
  EXPECT_EQ(on.of_many(100, "a.example.", 7, ip_address("192.0.3.1")), (std::array{10u, 45u, 45u}));
  EXPECT_EQ(on.of_many(5, "ns.example."), (std::array{5u, 0u, 0u})) << "another name";
  EXPECT_EQ(on.of_many(10, "a.example.", 8), (std::array{10u, 0u, 0u})) << "the next second";
}

TEST(RateLimiter, CountsWhatDoesNotExistTogether) {
  limited on({.per_second = 10, .slip = 0});
  unsigned sent = 0;
  for (unsigned i = 0; i < 100; ++i)
    sent +=
        on.judge("x" + std::to_string(i) + ".a.example.", a, 7, ip_address("2001:db8::1")) == verdict::send;
  EXPECT_EQ(sent, 10u);
  sent = 0;
  for (unsigned i = 0; i < 100; ++i)
    sent += on.judge("x" + std::to_string(i) + ".a.elsewhere.", a, 7, ip_address("2001:db8:0:ff::2")) ==
            verdict::send;
  EXPECT_EQ(sent, 10u) << "refused";
}

TEST(RateLimiter, CutsToTheQuestion) {
  test::asking on;
  const auto message = test::query_for("a.example.", a);
  const query asked(message);
  std::vector<std::byte> space(512);
  EXPECT_GT(on.core.answer(asked, space, transport::udp, ip_address("192.0.2.1"), 1).size, message.size());
  const std::size_t size = cut_to_question(space, asked);
  EXPECT_EQ(size, message.size());
  EXPECT_EQ(test::words_of(cbytes(space).first(size)), "NOERROR aa tc");
}

}  // namespace
}  // namespace mirage::dns
