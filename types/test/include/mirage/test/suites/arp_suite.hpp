// SPDX-License-Identifier: ISC
// `v1::arp`: answering, asking, parking packets until the answer comes, and giving up.
//
// The subject, besides what suite.hpp asks for:
//   using arp = ...;                       the implementation under test, with no address yet
//   arp& device();
//   mac_address mac();                     that of the Ethernet beneath
//   std::vector<std::string> take_sent();  the frames that went out since the last call
// Time must be virtual: giving up takes seconds.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"
#include "mirage/test/suites/ethernet_suite.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// The four bytes of an address, as text.
inline std::string raw(ipv4_address address) {
  std::string bytes(ipv4_address::size, '\0');
  address.store(static_cast<std::byte*>(static_cast<void*>(bytes.data())));
  return bytes;
}

/// RFC 826, for IPv4 on Ethernet. Operation 1 asks, 2 answers.
inline std::string arp_packet(std::uint16_t operation, mac_address sender_mac, ipv4_address sender,
                              mac_address target_mac, ipv4_address target) {
  return std::string("\0\1\x08\0\6\4", 6) + raw(operation) + raw(sender_mac) + raw(sender) + raw(target_mac) +
         raw(target);
}

template <class Subject>
class arp_suite {
  using arp = typename Subject::arp;
  static_assert(v1::arp<arp>);

 public:
  explicit arp_suite(Subject& made) : subject(made) {}
  Subject& subject;

  void it_is_a_device() { expect_device(subject.device()); }

  task<> a_new_address_is_announced() {
    EXPECT_TRUE(subject.device().add(ours));
    co_await sleep_for(10s);
    const std::vector<std::string> sent = subject.take_sent();
    MIRAGE_CO_ASSERT(!sent.empty());
    // RFC 5227 §2.3: a request for itself. (Probes, with no sender, may come before.)
    EXPECT_EQ(sent.back().substr(0, 42),
              broadcast_header() + arp_packet(1, subject.mac(), ours, mac_address{}, ours));
  }

  task<> a_request_for_one_of_ours_is_answered() {
    co_await add_ours();
    input(arp_packet(1, theirs_mac, theirs, mac_address{}, ours));
    co_await expect_sent({reply_to_them()});
    // Frames are padded on the wire.
    input(arp_packet(1, theirs_mac, theirs, mac_address{}, ours) + std::string(18, '\0'));
    co_await expect_sent({reply_to_them()});
  }

  task<> requests_for_others_are_not_answered() {
    co_await add_ours();
    input(arp_packet(1, theirs_mac, theirs, mac_address{}, another));
    co_await expect_sent({});
    subject.device().remove(ours);
    input(arp_packet(1, theirs_mac, theirs, mac_address{}, ours));
    co_await expect_sent({});
  }

  task<> a_query_asks_and_is_answered() {
    co_await add_ours();
    auto [found, nothing] = co_await when_all(subject_query(theirs), answer_later());
    MIRAGE_CO_ASSERT(found.has_value());
    EXPECT_EQ(*found, theirs_mac);
    // It is known now.
    auto again = co_await subject.device().query(theirs);
    MIRAGE_CO_ASSERT(again.has_value());
    EXPECT_EQ(*again, theirs_mac);
    co_await expect_sent({});
  }

  task<> who_asks_us_is_known() {
    co_await add_ours();
    input(arp_packet(1, theirs_mac, theirs, mac_address{}, ours));
    co_await expect_sent({reply_to_them()});
    auto found = co_await with_timeout(100ms, subject_query(theirs));
    MIRAGE_CO_ASSERT(found.has_value() && found->has_value());
    EXPECT_EQ(**found, theirs_mac);
  }

  task<> nobody_answers_three_requests() {
    co_await add_ours();
    auto found = co_await with_timeout(1min, subject_query(theirs));
    MIRAGE_CO_ASSERT(found.has_value());
    EXPECT_EQ(error_of(*found), v1::arp_error::timed_out);
    const std::vector<std::string> sent = subject.take_sent();
    EXPECT_EQ(sent.size(), 3u);
    for (const std::string& each : sent) EXPECT_EQ(each.substr(0, 42), request_for_them());
  }

  task<> a_cancelled_query_leaves_the_others() {
    co_await add_ours();
    scope asking;
    MIRAGE_CO_ASSERT(asking.spawn("query", query_and_hold()).has_value());
    MIRAGE_CO_ASSERT(asking.spawn("query", query_and_hold()).has_value());
    auto [found, nothing] = co_await when_all(subject_query(theirs), cancel_and_answer(asking));
    EXPECT_TRUE(found.has_value());
  }

  task<> packets_are_parked_until_the_answer_and_keep_their_order() {
    co_await add_ours();
    const std::string first = pattern(100, 1);
    const std::string second = pattern(200, 2);
    buffer_list slices;
    slices.push_back(buffer_of(std::string_view(second).substr(20)));
    auto one = subject.device().write(theirs, {.header = first.size()}, fill_with(first), {});
    EXPECT_EQ(outcome(one), "ok");
    auto two = subject.device().write(theirs, {.header = 20},
                                      fill_with(std::string_view(second).substr(0, 20)), std::move(slices));
    EXPECT_EQ(outcome(two), "ok");
    co_await expect_sent({request_for_them()});
    input(arp_packet(2, theirs_mac, theirs, subject.mac(), ours));
    co_await expect_sent({packet_to_them(first), packet_to_them(second)});
    // From now on they go at once.
    auto three = subject.device().write(theirs, {.header = first.size()}, fill_with(first), {});
    EXPECT_EQ(outcome(three), "ok");
    co_await expect_sent({packet_to_them(first)});
  }

  task<> parking_has_a_cap() {
    co_await add_ours();
    std::size_t parked = 0;
    result<void, v1::net_error> written;
    const std::string packet = pattern(100);
    while (parked < 10'000 &&
           (written = subject.device().write(theirs, {.header = 100}, fill_with(packet), {})))
      ++parked;
    EXPECT_EQ(error_of(written), v1::net_error::full);
    EXPECT_GT(parked, 0u);
    co_await sleep_for(100ms);
    static_cast<void>(subject.take_sent());
    input(arp_packet(2, theirs_mac, theirs, subject.mac(), ours));
    co_await sleep_for(100ms);
    EXPECT_EQ(subject.take_sent().size(), parked) << "what was parked is sent";
  }

  task<> parked_packets_are_dropped_when_nobody_answers() {
    co_await add_ours();
    const std::string packet = pattern(100);
    auto written = subject.device().write(theirs, {.header = 100}, fill_with(packet), {});
    EXPECT_EQ(outcome(written), "ok");
    for (int i = 0; i < 600 && written; ++i) {
      co_await sleep_for(100ms);
      written = subject.device().write(another, {.header = 100}, fill_with(packet), {});
      if (written) written = subject.device().write(theirs, {.header = 100}, fill_with(packet), {});
    }
    EXPECT_TRUE(error_of(written) == v1::net_error::unreachable || error_of(written) == v1::net_error::full)
        << outcome(written);
    for (int i = 0; i < 100 && error_of(written) != v1::net_error::unreachable; ++i) {
      co_await sleep_for(100ms);
      written = subject.device().write(theirs, {.header = 100}, fill_with(packet), {});
    }
    EXPECT_EQ(error_of(written), v1::net_error::unreachable);
    co_await sleep_for(100ms);
    static_cast<void>(subject.take_sent());
    input(arp_packet(2, theirs_mac, theirs, subject.mac(), ours));
    co_await sleep_for(100ms);
    for (const std::string& each : subject.take_sent()) EXPECT_NE(each, packet_to_them(packet));
  }

  task<> one_that_was_not_there_can_come_back() {
    co_await add_ours();
    auto lost = co_await subject.device().query(theirs);
    EXPECT_EQ(error_of(lost), v1::arp_error::timed_out);
    co_await sleep_for(1min);
    static_cast<void>(subject.take_sent());
    auto [found, nothing] = co_await when_all(subject_query(theirs), answer_later());
    EXPECT_TRUE(found.has_value());
  }

  task<> what_is_too_long_is_refused() {
    co_await add_ours();
    bool filled = false;
    auto fill = [&filled](bytes to) noexcept {
      filled = true;
      return to.size();
    };
    auto parked = subject.device().write(theirs, {.header = 70'000}, fill, {});
    EXPECT_EQ(error_of(parked), v1::net_error::too_long);
    input(arp_packet(2, theirs_mac, theirs, subject.mac(), ours));
    auto known = subject.device().write(theirs, {.header = 70'000}, fill, {});
    EXPECT_EQ(error_of(known), v1::net_error::too_long);
    EXPECT_FALSE(filled);
  }

  task<> malformed_packets_are_dropped() {
    co_await add_ours();
    const std::string good = arp_packet(1, theirs_mac, theirs, mac_address{}, ours);
    for (std::size_t size = 0; size < good.size(); ++size) input(good.substr(0, size));
    for (const std::size_t at : {0U, 1U, 2U, 3U, 4U, 5U, 6U}) {
      std::string bad = good;
      bad[at] = static_cast<char>(bad[at] ^ 0x40);
      input(bad);
    }
    input(arp_packet(3, theirs_mac, theirs, mac_address{}, ours));
    input(arp_packet(1, mac_address("ff:ff:ff:ff:ff:ff"), theirs, mac_address{}, ours));
    co_await expect_sent({});
    auto found = co_await with_timeout(100ms, subject_query(theirs));
    EXPECT_FALSE(found.has_value()) << "something malformed was believed";
  }

  void addresses_have_a_cap() {
    std::uint32_t taken = 0;
    while (taken < 100'000 && subject.device().add(ipv4_address(0x0a000000 + taken))) ++taken;
    EXPECT_GE(taken, 1u);
    EXPECT_LT(taken, 100'000u);
    subject.device().remove(ipv4_address(0x0a000000));
    EXPECT_TRUE(subject.device().add(ours)) << "there is room again";
  }

  static std::vector<suite_test<arp_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(arp_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(arp_suite, a_new_address_is_announced),
        MIRAGE_SUITE_TEST(arp_suite, a_request_for_one_of_ours_is_answered),
        MIRAGE_SUITE_TEST(arp_suite, requests_for_others_are_not_answered),
        MIRAGE_SUITE_TEST(arp_suite, a_query_asks_and_is_answered),
        MIRAGE_SUITE_TEST(arp_suite, who_asks_us_is_known),
        MIRAGE_SUITE_TEST(arp_suite, nobody_answers_three_requests),
        MIRAGE_SUITE_TEST(arp_suite, a_cancelled_query_leaves_the_others),
        MIRAGE_SUITE_TEST(arp_suite, packets_are_parked_until_the_answer_and_keep_their_order),
        MIRAGE_SUITE_TEST(arp_suite, parking_has_a_cap),
        MIRAGE_SUITE_TEST(arp_suite, parked_packets_are_dropped_when_nobody_answers),
        MIRAGE_SUITE_TEST(arp_suite, one_that_was_not_there_can_come_back),
        MIRAGE_SUITE_TEST(arp_suite, what_is_too_long_is_refused),
        MIRAGE_SUITE_TEST(arp_suite, malformed_packets_are_dropped),
        MIRAGE_SUITE_TEST(arp_suite, addresses_have_a_cap),
    };
  }

 private:
  static constexpr ipv4_address ours = "10.0.0.1";
  static constexpr ipv4_address theirs = "10.0.0.2";
  static constexpr ipv4_address another = "10.0.0.3";
  static constexpr mac_address theirs_mac = "02:00:00:00:00:99";

  [[nodiscard]] std::string broadcast_header() {
    return raw(mac_address("ff:ff:ff:ff:ff:ff")) + raw(subject.mac()) + raw(std::uint16_t{0x0806});
  }
  [[nodiscard]] std::string request_for_them() {
    return broadcast_header() + arp_packet(1, subject.mac(), ours, mac_address{}, theirs);
  }
  [[nodiscard]] std::string reply_to_them() {
    return raw(theirs_mac) + raw(subject.mac()) + raw(std::uint16_t{0x0806}) +
           arp_packet(2, subject.mac(), ours, theirs_mac, theirs);
  }
  [[nodiscard]] std::string packet_to_them(std::string_view payload) {
    return raw(theirs_mac) + raw(subject.mac()) + raw(std::uint16_t{0x0800}) + std::string(payload);
  }

  void input(std::string_view packet) { subject.device().input(buffer_of(packet)); }
  task<> add_ours() {
    EXPECT_TRUE(subject.device().add(ours));
    co_await sleep_for(10s);  // probes and announcements
    static_cast<void>(subject.take_sent());
  }
  task<> expect_sent(std::vector<std::string> frames) {
    co_await sleep_for(100ms);
    std::vector<std::string> sent = subject.take_sent();
    EXPECT_EQ(sent.size(), frames.size());
    // An implementation may pad.
    for (std::size_t i = 0; i < sent.size() && i < frames.size(); ++i)
      EXPECT_TRUE(sent[i].substr(0, frames[i].size()) == frames[i]) << "frame " << i;
  }
  task<result<mac_address, v1::arp_error>> subject_query(ipv4_address who) {
    auto found = co_await subject.device().query(who);
    co_return found;
  }
  task<> query_and_hold() {
    auto found = co_await subject.device().query(theirs);
    ADD_FAILURE() << outcome(found) << ": this query was cancelled before the answer";
  }
  task<> answer_later() {
    co_await sleep_for(100ms);
    const std::vector<std::string> sent = subject.take_sent();
    MIRAGE_CO_ASSERT(sent.size() == 1);
    EXPECT_EQ(sent[0].substr(0, 42), request_for_them());
    input(arp_packet(2, theirs_mac, theirs, subject.mac(), ours));
  }
  task<> cancel_and_answer(scope& asking) {
    co_await sleep_for(50ms);
    asking.cancel();
    co_await answer_later();
  }
};

}  // namespace mirage::test
