// SPDX-License-Identifier: ISC
// What is believed, and when is asked: RFC 5905 §14, RFC 4330 §5 and §10.
#include "mirage/sntp/client_core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace mirage {
namespace {

using kind = sntp_action::kind;
using verdict = sntp_client_core::verdict;

constexpr instant start{1000s};
constexpr wall_time true_start{duration{1'800'000'000s}};

/// A client and a server whose clock is right; the way takes `there` and `back`.
struct exchange {
  explicit exchange(std::size_t servers = 1, const sntp_options& options = {}) : client(options, servers, 5) {
    client.start(now);
  }

  [[nodiscard]] wall_time true_time() const { return true_start + (now - start); }

  /// The next question, at its time.
  void wait_for_question() {
    while (true) {
      now = std::max(now, client.next_timeout());
      const sntp_action next = client.poll(now);
      if (next.what == kind::next_server) ++changes;
      if (next.what == kind::corrected) ++corrections;
      if (next.what != kind::ask) continue;
      cookie = next.cookie;
      asked_at.push_back(now);
      return;
    }
  }
  std::string answer(duration there = 10ms, duration inside = 1ms) {
    std::string made(ntp_message::size, '\0');
    made[0] = 0x24;
    made[1] = 2;
    std::byte* p = static_cast<std::byte*>(static_cast<void*>(made.data()));
    cookie.store(p + 24);
    now += there;
    ntp_timestamp::of(true_time()).store(p + 32);
    now += inside;
    ntp_timestamp::of(true_time()).store(p + 40);
    return made;
  }
  verdict give(const std::string& message, duration back = 10ms) {
    now += back;
    return client.input(as_bytes(message), now);
  }
  /// How far the client is off.
  [[nodiscard]] duration mistake() const { return client.best()->at(now) - true_time(); }

  sntp_client_core client;
  instant now = start;
  ntp_timestamp cookie;
  std::vector<instant> asked_at;
  unsigned changes = 0;
  unsigned corrections = 0;
};

constexpr duration exact = 2ns;

TEST(sntp, one_answer_sets_the_clock) {
  exchange on;
  EXPECT_FALSE(on.client.best());
  on.wait_for_question();
  EXPECT_EQ(on.give(on.answer()), verdict::taken);
  ASSERT_TRUE(on.client.best());
  EXPECT_LE(std::chrono::abs(on.mistake()), exact);
  EXPECT_LE(std::chrono::abs(on.client.best()->round_trip - 20ms), exact);
  EXPECT_EQ(on.client.best()->stratum, 2u);
  on.now += 1h;
  EXPECT_LE(std::chrono::abs(on.mistake()), exact);
}

TEST(sntp, an_uneven_way_costs_half_of_the_round_trip_at_most) {
  exchange on;
  on.wait_for_question();
  EXPECT_EQ(on.give(on.answer(90ms), 10ms), verdict::taken);
  EXPECT_LE(std::chrono::abs(on.mistake() - 40ms), exact);
}

TEST(sntp, the_shortest_round_trip_counts) {
  exchange on;
  for (const duration there : {300ms, 5ms, 200ms, 400ms}) {
    on.wait_for_question();
    EXPECT_EQ(on.give(on.answer(there), 5ms), verdict::taken);
  }
  EXPECT_LE(std::chrono::abs(on.mistake()), exact);
  for (int i = 0; i < 8; ++i) {
    on.wait_for_question();
    EXPECT_EQ(on.give(on.answer(105ms), 5ms), verdict::taken);
  }
  EXPECT_LE(std::chrono::abs(on.mistake() - 50ms), exact) << "what is old is forgotten";
}

TEST(sntp, only_the_answer_to_the_question_is_taken_and_only_once) {
  exchange on;
  on.wait_for_question();
  const std::string good = on.answer();
  std::string forged = good;
  forged[31] = static_cast<char>(forged[31] ^ 1);
  EXPECT_EQ(on.give(forged), verdict::unexpected);
  EXPECT_EQ(on.give(std::string(48, '\0')), verdict::malformed) << "version 0";
  EXPECT_EQ(on.give("\x24" + std::string(47, '\0')), verdict::unexpected) << "no origin";
  EXPECT_EQ(on.give(good), verdict::taken);
  EXPECT_EQ(on.give(good), verdict::unexpected);
}

TEST(sntp, questions_tell_nothing_and_differ) {
  exchange on;
  std::vector<std::uint64_t> cookies;
  for (int i = 0; i < 5; ++i) {
    on.wait_for_question();
    cookies.push_back(on.cookie.value);
    std::array<std::byte, 48> question;
    EXPECT_EQ(sntp_client_core::emit({.what = kind::ask, .cookie = on.cookie}, question), 48u);
    const auto read = ntp_message::of(question);
    EXPECT_EQ(read->version(), 4u);
    EXPECT_EQ(read->mode(), ntp_mode::client);
    EXPECT_EQ(read->transmit(), on.cookie);
    EXPECT_TRUE(read->origin().is_unknown());
  }
  std::ranges::sort(cookies);
  EXPECT_TRUE(std::ranges::adjacent_find(cookies) == cookies.end());
}

TEST(sntp, servers_that_do_not_know_are_not_believed) {
  const auto verdict_of = [](auto change) {
    exchange on;
    on.wait_for_question();
    std::string answer = on.answer();
    change(answer);
    const verdict given = on.give(answer);
    EXPECT_FALSE(on.client.best());
    return given;
  };
  EXPECT_EQ(verdict_of([](std::string& m) { m[0] = '\xe4'; }), verdict::unsynchronised) << "leap indicator 3";
  EXPECT_EQ(verdict_of([](std::string& m) { m[1] = 16; }), verdict::unsynchronised);
  EXPECT_EQ(verdict_of([](std::string& m) { m.replace(40, 8, 8, '\0'); }), verdict::unsynchronised);
  EXPECT_EQ(verdict_of([](std::string& m) { m.replace(32, 8, 8, '\0'); }), verdict::unsynchronised);
  EXPECT_EQ(verdict_of([](std::string& m) { m[9] = 9; }), verdict::implausible) << "a dispersion of 9 s";
  EXPECT_EQ(verdict_of([](std::string& m) { m[0] = 0x23; }), verdict::unexpected) << "not of a server";
  EXPECT_EQ(verdict_of([](std::string& m) { m[0] = 0x2c; }), verdict::malformed) << "version 5";
  EXPECT_EQ(verdict_of([](std::string& m) { m.resize(47); }), verdict::malformed);
  EXPECT_EQ(verdict_of([](std::string& m) { m[43] = static_cast<char>(m[43] + 1); }), verdict::implausible)
      << "it was longer at the server than on the way";
  EXPECT_EQ(verdict_of([](std::string& m) { m[35] = static_cast<char>(m[35] + 1); }), verdict::implausible)
      << "sent before it was received";
}

TEST(sntp, an_answer_that_took_too_long_is_not_believed) {
  exchange on;
  on.wait_for_question();
  EXPECT_EQ(on.give(on.answer(), 1100ms), verdict::implausible);
  EXPECT_FALSE(on.client.best());
}

// The first one waits until the neighbour's address is known, and a minute would pass until the next.
TEST(sntp, after_an_answer_that_is_not_believed_it_asks_as_often_as_without_one) {
  exchange on;
  for (int i = 0; i < 4; ++i) {
    on.wait_for_question();
    EXPECT_EQ(on.give(on.answer(), 1100ms), verdict::implausible);
  }
  for (std::size_t i = 1; i < on.asked_at.size(); ++i)
    EXPECT_EQ(on.asked_at[i] - on.asked_at[i - 1], duration(1s * (1 << i))) << "after " << i;
  on.wait_for_question();
  EXPECT_EQ(on.give(on.answer()), verdict::taken);
  EXPECT_TRUE(on.client.best());
}

TEST(sntp, asks_less_often_the_longer_it_goes_well_and_never_more_often_than_it_may) {
  exchange on(1, {.least_poll = 1s, .greatest_poll = 100s});
  for (int i = 0; i < 60; ++i) {
    on.wait_for_question();
    EXPECT_EQ(on.give(on.answer()), verdict::taken);
  }
  for (std::size_t i = 1; i < on.asked_at.size(); ++i) {
    EXPECT_GE(on.asked_at[i] - on.asked_at[i - 1], duration(15s));
    EXPECT_LE(on.asked_at[i] - on.asked_at[i - 1], duration(107s));
  }
  EXPECT_EQ(on.client.poll_interval(), duration(100s));
}

TEST(sntp, unanswered_it_waits_longer_and_longer) {
  exchange on;
  for (int i = 0; i < 14; ++i) on.wait_for_question();
  EXPECT_EQ(on.asked_at[1] - on.asked_at[0], duration(2s));
  EXPECT_EQ(on.asked_at[2] - on.asked_at[1], duration(4s));
  EXPECT_EQ(on.asked_at[13] - on.asked_at[12], duration(1024s));
  EXPECT_EQ(on.give(on.answer()), verdict::taken);
  EXPECT_EQ(on.changes, 0u);
}

TEST(sntp, the_next_server_is_asked_after_three_questions) {
  exchange on(2);
  for (int i = 0; i < 3; ++i) on.wait_for_question();
  EXPECT_EQ(on.client.server(), 0u);
  on.wait_for_question();
  EXPECT_EQ(on.client.server(), 1u);
  EXPECT_EQ(on.changes, 1u);
  EXPECT_EQ(on.give(on.answer()), verdict::taken);
  const auto known = on.client.best();
  ASSERT_TRUE(known);
  for (int i = 0; i < 4; ++i) on.wait_for_question();
  EXPECT_EQ(on.client.server(), 0u) << "and the first again";
  ASSERT_TRUE(on.client.best());
  EXPECT_EQ(on.client.best()->when, known->when) << "what was known goes on to count";
  EXPECT_EQ(on.give(on.answer(300ms, 1ms), 300ms), verdict::taken);
  EXPECT_EQ(on.client.best()->when, on.now) << "until this one answers, as well as it can";
}

TEST(sntp, who_does_not_know_the_time_is_left_for_one_that_may) {
  exchange on(2);
  const auto ask_ignorant = [&on](std::size_t server) {
    on.wait_for_question();
    EXPECT_EQ(on.client.server(), server);
    std::string answer = on.answer();
    answer[0] = '\xe4';
    EXPECT_EQ(on.give(answer), verdict::unsynchronised);
  };
  ask_ignorant(0);
  ask_ignorant(1);
  EXPECT_LT(on.asked_at[1] - on.asked_at[0], duration(1s)) << "at once";
  ask_ignorant(0);
  EXPECT_GE(on.asked_at[2] - on.asked_at[1], duration(64s)) << "all of them are asked again later";
  on.wait_for_question();
  EXPECT_EQ(on.client.server(), 1u);
  EXPECT_EQ(on.give(on.answer()), verdict::taken);
  on.wait_for_question();
  EXPECT_EQ(on.client.server(), 1u) << "it stays";
}

TEST(sntp, who_sent_us_away_is_not_asked_in_the_place_of_one_that_does_not_know) {
  exchange on(2);
  on.wait_for_question();
  std::string kiss = on.answer();
  kiss[1] = 0;
  kiss.replace(12, 4, "DENY");
  EXPECT_EQ(on.give(kiss), verdict::denied);
  for (int i = 0; i < 3; ++i) {
    on.wait_for_question();
    EXPECT_EQ(on.client.server(), 1u);
    std::string answer = on.answer();
    answer[0] = '\xe4';
    EXPECT_EQ(on.give(answer), verdict::unsynchronised);
  }
}

TEST(sntp, who_is_denied_goes_away) {
  exchange on(2);
  for (int i = 0; i < 2; ++i) {
    on.wait_for_question();
    std::string kiss = on.answer();
    kiss[1] = 0;
    kiss.replace(12, 4, i == 0 ? "DENY" : "RSTR");
    EXPECT_EQ(on.give(kiss), verdict::denied);
  }
  EXPECT_LT(on.now - start, duration(1s));
  on.wait_for_question();
  EXPECT_GE(on.now - start, duration(1h)) << "all have sent it away";
}

TEST(sntp, who_asks_too_often_asks_less_often_from_then_on) {
  exchange on;
  on.wait_for_question();
  std::string kiss = on.answer();
  kiss[1] = 0;
  kiss.replace(12, 4, "RATE");
  EXPECT_EQ(on.give(kiss), verdict::rate_limited);
  EXPECT_EQ(on.client.poll_interval(), duration(128s));
  on.wait_for_question();
  EXPECT_GE(on.asked_at[1] - on.asked_at[0], duration(128s));
}

TEST(sntp, a_forged_kiss_does_nothing) {
  exchange on;
  on.wait_for_question();
  std::string kiss = on.answer();
  kiss[1] = 0;
  kiss.replace(12, 4, "DENY");
  kiss[30] = static_cast<char>(kiss[30] ^ 1);
  EXPECT_EQ(on.give(kiss), verdict::unexpected);
}

TEST(sntp, the_era_of_the_answer_is_found_without_a_clock) {
  exchange on;
  on.now += 24h * 365 * 20;  // in 2047, on this virtual clock
  on.client.start(on.now);
  on.wait_for_question();
  EXPECT_EQ(on.give(on.answer()), verdict::taken);
  EXPECT_LE(std::chrono::abs(on.mistake()), exact);
}

TEST(sntp, stopped_it_is_silent) {
  exchange on;
  on.wait_for_question();
  on.client.stop();
  EXPECT_EQ(on.client.next_timeout(), never);
  EXPECT_EQ(on.give(on.answer()), verdict::unexpected);
}

}  // namespace
}  // namespace mirage
