// SPDX-License-Identifier: ISC
// The client's states, RFC 8415 §18.2, against a server that answers as it is told.
#include "mirage/dhcp6/client_core.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <vector>

namespace mirage {
namespace {

using kind = dhcp6_client_action::kind;
using state = dhcp6_client_state;
using type = dhcp6_message_type;
using types = std::vector<dhcp6_message_type>;
using verdict = dhcp6_client_core::verdict;

constexpr instant start{1000s};
constexpr ipv6_address first_address = "2001:db8::1:1";
constexpr ipv6_address second_address = "2001:db8::1:2";

std::string be(std::uint64_t value, int size) {
  std::string made;
  while (size-- > 0) made += static_cast<char>(value >> 8 * size);
  return made;
}
std::string option(dhcp6_option code, const std::string& value) {
  return be(static_cast<std::uint16_t>(code), 2) + be(value.size(), 2) + value;
}
std::string text_of(ipv6_address address) { return be(address.high(), 8) + be(address.low(), 8); }

struct leased {
  ipv6_address address = first_address;
  std::uint32_t preferred = 3000;
  std::uint32_t valid = 4000;
  std::uint32_t t1 = 1000;
  std::uint32_t t2 = 2000;
  unsigned status = 0;
  bool with_address = true;
};
std::string association(const leased& what) {
  std::string inner;
  if (what.with_address)
    inner += option(dhcp6_option::address, text_of(what.address) + be(what.preferred, 4) + be(what.valid, 4));
  if (what.status != 0) inner += option(dhcp6_option::status, be(what.status, 2) + "why");
  return option(dhcp6_option::addresses, be(1, 4) + be(what.t1, 4) + be(what.t2, 4) + inner);
}

struct fixture {
  explicit fixture(const dhcp6_client_options& options = {.mac = "02:00:00:00:00:01",
                                                          .rapid_commit = false,
                                                          .start_delay = {}})
      : client(options, 3) {
    client.start(now);
    pump();
  }

  void pump() {
    for (auto next = client.poll(now); next.what != kind::none; next = client.poll(now)) {
      configured += next.what == kind::configured ? 1 : 0;
      lost += next.what == kind::lost ? 1 : 0;
      if (next.what != kind::send) continue;
      std::array<std::byte, dhcp6_client_core::greatest_message> room;
      sent.emplace_back(as_text(cbytes(room).first(client.emit(next, room))));
      sent_at.push_back(now);
      if (const std::string answer = server ? server(next.type) : std::string(); !answer.empty())
        answers.push_back(answer);
    }
    for (const std::string& each : std::exchange(answers, {})) {
      verdicts.push_back(client.input(as_bytes(each), now));
      pump();
    }
  }
  void run(duration length) {
    const instant end = later(now, length);
    while (client.next_timeout() <= end) {
      now = std::max(now, client.next_timeout());
      pump();
    }
    now = end;
  }
  verdict give(const std::string& message) {
    const verdict given = client.input(as_bytes(message), now);
    pump();
    return given;
  }
  [[nodiscard]] dhcp6_message last() const { return *dhcp6_message::of(as_bytes(sent.back())); }
  [[nodiscard]] types types_sent() const {
    types made;
    for (const auto& each : sent) made.push_back(dhcp6_message::of(as_bytes(each))->type());
    return made;
  }
  /// An answer to the last message.
  [[nodiscard]] std::string answer(type what, const std::string& options,
                                   const std::string& name = "server") const {
    const auto client_name = last().find(dhcp6_option::client_identifier);
    return be(static_cast<unsigned>(what) << 24 | last().transaction(), 4) +
           option(dhcp6_option::client_identifier, std::string(as_text(*client_name))) +
           option(dhcp6_option::server_identifier, name) + options;
  }
  void serve(const leased& what = {}) {
    server = [this, what](type asked) {
      return answer(asked == type::solicit ? type::advertise : type::reply,
                    association(what) + option(dhcp6_option::preference, be(255, 1)) +
                        option(dhcp6_option::name_servers, text_of("2001:db8::53")));
    };
  }

  instant now = start;
  dhcp6_client_core client;
  std::function<std::string(type)> server;
  std::vector<std::string> sent;
  std::vector<instant> sent_at;
  std::vector<std::string> answers;
  std::vector<verdict> verdicts;
  unsigned configured = 0;
  unsigned lost = 0;
};

/// One that has an address.
struct bound : fixture {
  bound() {
    serve();
    run(5s);
    EXPECT_EQ(client.state(), state::bound);
    sent.clear();
    sent_at.clear();
  }
};

TEST(dhcp6_client, four_messages_to_an_address) {
  fixture on;
  EXPECT_EQ(on.types_sent(), types{type::solicit});
  EXPECT_EQ(on.client.configuration(), nullptr);
  on.serve();
  on.run(2s);
  EXPECT_EQ(on.types_sent(), (types{type::solicit, type::solicit, type::request}));
  ASSERT_NE(on.client.configuration(), nullptr);
  const dhcp6_configuration& got = *on.client.configuration();
  ASSERT_EQ(got.addresses.size(), 1u);
  EXPECT_EQ(got.addresses[0], (dhcp6_address{first_address, 3000s, 4000s}));
  ASSERT_EQ(got.name_servers.size(), 1u);
  EXPECT_EQ(got.name_servers[0], ipv6_address("2001:db8::53"));
  EXPECT_EQ(on.configured, 1u);
  EXPECT_EQ(as_text(*on.last().find(dhcp6_option::server_identifier)), "server");
  EXPECT_TRUE(on.last().find(dhcp6_option::wanted));
}

TEST(dhcp6_client, the_identifier_is_of_the_hardware_address) {
  fixture on;
  EXPECT_EQ(as_text(*on.last().find(dhcp6_option::client_identifier)),
            std::string_view("\0\x03\0\x01\x02\0\0\0\0\x01", 10));
}

TEST(dhcp6_client, solicits_again_after_doubling_times) {
  fixture on;
  on.run(5h);
  ASSERT_GT(on.sent_at.size(), 13u);
  duration before{};
  for (std::size_t i = 1; i < on.sent_at.size(); ++i) {
    const duration wait = on.sent_at[i] - on.sent_at[i - 1];
    if (i == 1)
      EXPECT_TRUE(wait >= 1s && wait <= 1100ms) << "never early";
    else if (i < 12)
      EXPECT_TRUE(wait >= before / 10 * 19 && wait <= before / 10 * 21) << i;
    else
      EXPECT_TRUE(wait <= 3960s) << i;
    before = wait;
  }
  EXPECT_EQ(load_be16(on.last().find(dhcp6_option::elapsed_time)->data()), 0xffff);
}

TEST(dhcp6_client, the_server_with_the_highest_preference_is_taken) {
  fixture on;
  EXPECT_EQ(on.give(on.answer(type::advertise, association({}) + option(dhcp6_option::preference, be(1, 1)),
                              "one")),
            verdict::taken);
  EXPECT_EQ(
      on.give(on.answer(type::advertise,
                        association({.address = second_address}) + option(dhcp6_option::preference, be(9, 1)),
                        "two")),
      verdict::taken);
  EXPECT_EQ(on.give(on.answer(type::advertise, association({}), "three")), verdict::taken);
  EXPECT_EQ(on.sent.size(), 1u) << "it waits for others";
  on.run(1100ms);
  EXPECT_EQ(on.last().type(), type::request);
  EXPECT_EQ(as_text(*on.last().find(dhcp6_option::server_identifier)), "two");
}

TEST(dhcp6_client, rapid_commit_takes_two_messages) {
  fixture on({.mac = "02:00:00:00:00:01", .start_delay = {}});
  EXPECT_TRUE(on.last().find(dhcp6_option::rapid_commit));
  EXPECT_EQ(on.give(on.answer(type::reply, association({}))), verdict::unexpected) << "not told to be rapid";
  EXPECT_EQ(on.give(on.answer(type::reply, association({}) + option(dhcp6_option::rapid_commit, ""))),
            verdict::taken);
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.sent.size(), 1u);
}

TEST(dhcp6_client, what_is_not_an_address_alone) {
  fixture on({.mac = "02:00:00:00:00:01", .addresses = false, .start_delay = {}});
  EXPECT_EQ(on.types_sent(), types{type::information_request});
  EXPECT_FALSE(on.last().find(dhcp6_option::addresses));
  EXPECT_EQ(on.give(on.answer(type::reply, option(dhcp6_option::name_servers, text_of("2001:db8::53")) +
                                               option(dhcp6_option::refresh_time, be(60, 4)))),
            verdict::taken);
  ASSERT_NE(on.client.configuration(), nullptr);
  EXPECT_EQ(on.client.configuration()->name_servers.size(), 1u);
  on.run(599s);
  EXPECT_EQ(on.sent.size(), 1u) << "not more often than every ten minutes";
  on.run(1s);
  EXPECT_EQ(on.last().type(), type::information_request);
  EXPECT_NE(on.client.configuration(), nullptr) << "what it knows stays";
}

TEST(dhcp6_client, renews_and_keeps_its_address) {
  bound on;
  on.run(1000s);
  EXPECT_EQ(on.types_sent(), types{type::renew});
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.configured, 2u);
  EXPECT_EQ(on.lost, 0u);
}

TEST(dhcp6_client, rebinds_with_anybody_and_loses_in_the_end) {
  bound on;
  on.server = nullptr;
  on.run(2100s);
  EXPECT_EQ(on.client.state(), state::rebinding);
  EXPECT_FALSE(on.last().find(dhcp6_option::server_identifier));
  on.run(1900s);
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.client.configuration(), nullptr);
  EXPECT_EQ(on.last().type(), type::solicit);
}

TEST(dhcp6_client, a_server_that_forgot_is_asked_anew_while_the_address_stays) {
  bound on;
  on.server = [&](type asked) {
    return on.answer(type::reply, asked == type::renew ? association({.status = 3, .with_address = false})
                                                       : association({}));
  };
  on.run(1000s);
  EXPECT_EQ(on.types_sent(), (types{type::renew, type::request}));
  EXPECT_EQ(on.client.state(), state::bound);
  EXPECT_EQ(on.lost, 0u);
}

TEST(dhcp6_client, a_duplicate_address_is_declined) {
  bound on;
  on.server = nullptr;
  on.client.conflict(on.now);
  on.pump();
  EXPECT_EQ(on.types_sent(), types{type::decline});
  EXPECT_EQ(on.lost, 1u);
  EXPECT_NE(on.sent.back().find(text_of(first_address)), std::string::npos);
  EXPECT_EQ(on.give(on.answer(type::reply, option(dhcp6_option::status, be(0, 2)))), verdict::taken);
  EXPECT_EQ(on.last().type(), type::solicit);
  EXPECT_EQ(on.sent.back().find(text_of(first_address)), std::string::npos);
}

TEST(dhcp6_client, gives_the_address_back) {
  bound on;
  on.client.release(on.now);
  on.pump();
  EXPECT_EQ(on.types_sent(), types{type::release});
  EXPECT_NE(on.sent.back().find(text_of(first_address)), std::string::npos);
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.client.next_timeout(), never);
}

TEST(dhcp6_client, a_new_link_is_asked_about) {
  bound on;
  on.server = nullptr;
  on.client.link_changed(on.now);
  on.pump();
  EXPECT_EQ(on.types_sent(), types{type::confirm});
  EXPECT_NE(on.client.configuration(), nullptr);
  on.run(11s);
  EXPECT_EQ(on.client.state(), state::bound) << "nobody objects";
  on.client.link_changed(on.now);
  on.pump();
  EXPECT_EQ(on.give(on.answer(type::reply, option(dhcp6_option::status, be(4, 2)))), verdict::taken);
  EXPECT_EQ(on.lost, 1u);
  EXPECT_EQ(on.last().type(), type::solicit);
}

TEST(dhcp6_client, while_it_asks_about_the_link_the_time_to_renew_may_come) {
  bound on;
  on.server = nullptr;
  on.run(990s);
  on.client.link_changed(on.now);
  on.pump();
  on.run(15s);
  EXPECT_EQ(on.last().type(), type::renew);
}

TEST(dhcp6_client, an_unanswered_request_is_given_up_after_ten) {
  fixture on;
  on.give(on.answer(type::advertise, association({}) + option(dhcp6_option::preference, be(255, 1))));
  on.run(10min);
  EXPECT_EQ(std::ranges::count(on.types_sent(), type::request), 10);
  EXPECT_EQ(on.last().type(), type::solicit);
}

// ---- Hostile answers ----

TEST(dhcp6_client, answers_to_others_are_not_taken) {
  fixture on;
  const std::string good = on.answer(type::advertise, association({}));
  std::string bad = good;
  bad[3] = static_cast<char>(bad[3] ^ 1);
  EXPECT_EQ(on.give(bad), verdict::not_ours);
  bad = good;
  bad[17] = static_cast<char>(bad[17] ^ 1);
  EXPECT_EQ(on.give(bad), verdict::not_ours) << "of another client";
  EXPECT_EQ(on.give(good.substr(0, good.size() - 1)), verdict::malformed);
  EXPECT_EQ(on.give(good.substr(0, 3)), verdict::malformed);
  EXPECT_EQ(on.give(good.substr(0, 4)), verdict::unexpected) << "from nobody to nobody";
  EXPECT_EQ(on.give(on.answer(type::advertise, association({}), std::string(131, 'x'))), verdict::unexpected);
  EXPECT_EQ(on.give(on.answer(type::solicit, "")), verdict::unexpected);
  EXPECT_EQ(on.give(good), verdict::taken);
}

TEST(dhcp6_client, useless_offers_are_refused) {
  fixture on;
  const auto offer = [&](const leased& what) {
    return on.give(on.answer(type::advertise, association(what)));
  };
  EXPECT_EQ(on.give(on.answer(type::advertise, "")), verdict::refused);
  EXPECT_EQ(offer({.status = 2, .with_address = false}), verdict::refused);
  EXPECT_EQ(offer({.with_address = false}), verdict::refused);
  EXPECT_EQ(offer({.valid = 0}), verdict::refused);
  EXPECT_EQ(offer({.preferred = 5000}), verdict::refused) << "longer than valid";
  EXPECT_EQ(offer({.t1 = 3000}), verdict::refused) << "T1 behind T2";
  EXPECT_EQ(offer({.address = "ff02::1"}), verdict::refused);
  EXPECT_EQ(offer({.address = "::1"}), verdict::refused);
  EXPECT_EQ(offer({.address = "fe80::1"}), verdict::refused);
}

TEST(dhcp6_client, a_server_without_addresses_is_not_asked_in_a_loop) {
  fixture on;
  on.server = [&](type asked) {
    return asked == type::solicit
               ? on.answer(type::advertise, association({}) + option(dhcp6_option::preference, be(255, 1)))
               : on.answer(type::reply, association({.status = 2, .with_address = false}));
  };
  on.run(1h);
  EXPECT_LT(on.sent.size(), 730u);
  EXPECT_EQ(on.client.configuration(), nullptr);
}

TEST(dhcp6_client, times_that_are_ours_to_choose) {
  fixture on;
  on.serve({.preferred = 3000, .valid = 4000, .t1 = 0, .t2 = 0});
  on.run(2s);
  const instant since = on.sent_at.back();
  on.sent.clear();
  on.server = nullptr;
  on.run(1600s);
  ASSERT_FALSE(on.sent.empty());
  EXPECT_EQ(on.types_sent()[0], type::renew);
  EXPECT_EQ(on.sent_at[3] - since, duration(1500s));
}

}  // namespace
}  // namespace mirage
