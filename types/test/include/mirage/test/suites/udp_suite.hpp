// SPDX-License-Identifier: ISC
// `v1::udp`: datagrams with their addresses, handlers that answer and go, and multicast.
//
// The subject, besides what suite.hpp asks for:
//   using udp = ...;             the implementation under test
//   udp& device();               one that listens
//   udp& client();               one that sends to it; may be the same
//   ip_address address();        of the device; the client reaches it there
//   ip_address client_address(); of the client; the device reaches it there
//   ip_address foreign();        an address that neither has
//   std::optional<ip_address> group();  to join; nothing where there is no multicast
#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "mirage/core/os.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/test/suites/suite.hpp"

namespace mirage::test {

/// Writes a text as a datagram's or a packet's bytes.
inline auto filling(std::string_view text) {
  return [text](bytes to) noexcept {
    std::memcpy(to.data(), text.data(), text.size());
    return text.size();
  };
}

/// What a handler has seen.
struct datagram_record {
  std::string payload;
  endpoint source;
  endpoint destination;
  std::uint32_t interface = 0;
  std::uint8_t ttl = 0;
};

template <class Subject>
class udp_suite {
  using udp = typename Subject::udp;
  static_assert(v1::udp<udp>);
  using records = std::vector<datagram_record>;

 public:
  explicit udp_suite(Subject& made) : subject(made) {}
  Subject& subject;
  static constexpr duration a_while = Subject::a_while;

  void it_is_a_device() {
    expect_device(subject.device());
    expect_device(subject.client());
  }

  task<> a_datagram_arrives_with_its_addresses() {
    records seen;
    const port_and_subscription server = listen(subject.device(), subject.address(), seen);
    const port_and_subscription client = listen(subject.client(), subject.client_address(), unused_);
    auto sent = subject.client().write(
        {.destination = {subject.address(), server.port}, .source = {subject.client_address(), client.port}},
        5, filling("hello"));
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(seen, 1));
    EXPECT_EQ(seen[0].payload, "hello");
    EXPECT_EQ(seen[0].source, endpoint(subject.client_address(), client.port));
    EXPECT_EQ(seen[0].destination, endpoint(subject.address(), server.port));
  }

  task<> the_stack_chooses_the_source_that_is_left_out() {
    records seen;
    const port_and_subscription server = listen(subject.device(), {}, seen);
    auto sent = subject.client().write({.destination = {subject.address(), server.port}}, 1, filling("x"));
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(seen, 1));
    EXPECT_FALSE(seen[0].source.address.is_unspecified());
    EXPECT_NE(seen[0].source.port, 0);
    EXPECT_EQ(seen[0].destination.address, subject.address()) << "the local address is told";
  }

  task<> datagrams_keep_their_boundaries_and_may_be_empty() {
    records seen;
    const port_and_subscription server = listen(subject.device(), subject.address(), seen);
    const endpoint to = {subject.address(), server.port};
    for (std::string_view text : {"one", "", "three"}) {
      auto sent = subject.client().write({.destination = to}, text.size(), filling(text));
      EXPECT_EQ(outcome(sent), "ok");
    }
    MIRAGE_CO_ASSERT(co_await arrived(seen, 3));
    EXPECT_EQ(seen[0].payload, "one");
    EXPECT_EQ(seen[1].payload, "");
    EXPECT_EQ(seen[2].payload, "three");
  }

  task<> fill_may_write_less_than_was_asked_for() {
    records seen;
    const port_and_subscription server = listen(subject.device(), subject.address(), seen);
    std::size_t room = 0;
    auto sent = subject.client().write({.destination = {subject.address(), server.port}}, 1000,
                                       [&room](bytes to) noexcept {
                                         room = to.size();
                                         to[0] = std::byte{'s'};
                                         return std::size_t{1};
                                       });
    EXPECT_EQ(outcome(sent), "ok");
    EXPECT_GE(room, 1000u);
    MIRAGE_CO_ASSERT(co_await arrived(seen, 1));
    EXPECT_EQ(seen[0].payload, "s");
  }

  task<> a_large_datagram_arrives_whole() {
    records seen;
    const port_and_subscription server = listen(subject.device(), subject.address(), seen);
    const std::string large = pattern(9000);
    auto sent = subject.client().write({.destination = {subject.address(), server.port}}, large.size(),
                                       filling(large));
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(seen, 1));
    EXPECT_TRUE(seen[0].payload == large);
  }

  void what_is_too_long_is_refused_and_not_filled() {
    bool filled = false;
    auto sent =
        subject.client().write({.destination = {subject.address(), 9}}, 65536, [&filled](bytes) noexcept {
          filled = true;
          return std::size_t{0};
        });
    EXPECT_EQ(error_of(sent), v1::net_error::too_long);
    EXPECT_FALSE(filled) << "nothing is filled in after an error";
  }

  task<> many_datagrams_in_one_batch() {
    records seen;
    const port_and_subscription server = listen(subject.device(), subject.address(), seen);
    std::size_t taken = 0;
    for (unsigned i = 0; i < 100; ++i) {
      const std::string text = pattern(200, i);
      if (subject.client().write({.destination = {subject.address(), server.port}}, text.size(),
                                 filling(text)))
        ++taken;
    }
    EXPECT_GE(taken, 32u);
    MIRAGE_CO_ASSERT(co_await arrived(seen, taken));
    for (const datagram_record& each : seen) EXPECT_EQ(each.payload.size(), 200u);
  }

  task<> a_handler_may_answer_from_inside() {
    udp& device = subject.device();
    auto answer = [&device](v1::datagram&& question) noexcept {
      const cbytes payload = question.payload.view();
      auto sent = device.write({.destination = question.source, .source = question.destination},
                               payload.size(), filling(as_text(payload)));
      EXPECT_EQ(outcome(sent), "ok");
    };
    std::uint16_t port = 0;
    auto serving = listen_anywhere(device, subject.address(), answer, port);
    MIRAGE_CO_ASSERT(serving.has_value());
    records seen;
    const port_and_subscription client = listen(subject.client(), subject.client_address(), seen);
    auto sent = subject.client().write(
        {.destination = {subject.address(), port}, .source = {subject.client_address(), client.port}}, 4,
        filling("ping"));
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(seen, 1));
    EXPECT_EQ(seen[0].payload, "ping");
    EXPECT_EQ(seen[0].source, endpoint(subject.address(), port)) << "the answer comes from where was asked";
  }

  task<> the_payload_may_be_kept() {
    std::vector<buffer> kept;
    auto keep = [&kept](v1::datagram&& came) noexcept { kept.push_back(std::move(came.payload)); };
    std::uint16_t port = 0;
    auto listening = listen_anywhere(subject.device(), subject.address(), keep, port);
    MIRAGE_CO_ASSERT(listening.has_value());
    for (unsigned i = 0; i < 20; ++i) {
      const std::string text = pattern(100, i);
      auto sent =
          subject.client().write({.destination = {subject.address(), port}}, text.size(), filling(text));
      EXPECT_EQ(outcome(sent), "ok");
    }
    MIRAGE_CO_ASSERT(co_await arrived(kept, 20));
    for (unsigned i = 0; i < 20; ++i) EXPECT_TRUE(kept[i].text() == pattern(100, i)) << "datagram " << i;
  }

  task<> nothing_comes_when_the_subscription_is_gone() {
    records seen;
    port_and_subscription server = listen(subject.device(), subject.address(), seen);
    server.listening.cancel();
    auto sent = subject.client().write({.destination = {subject.address(), server.port}}, 1, filling("x"));
    EXPECT_EQ(outcome(sent), "ok") << "a datagram that nobody wants is no error";
    co_await sleep_for(a_while);
    EXPECT_TRUE(seen.empty());
    // The port is free again.
    auto again = subject.device().listen({subject.address(), server.port}, [](v1::datagram&&) noexcept {});
    EXPECT_EQ(outcome(again), "ok");
  }

  task<> a_handler_may_end_its_own_subscription() {
    subscription listening;
    int calls = 0;
    auto once = [&listening, &calls](v1::datagram&&) noexcept {
      ++calls;
      listening.cancel();
    };
    std::uint16_t port = 0;
    auto listened = listen_anywhere(subject.device(), subject.address(), once, port);
    MIRAGE_CO_ASSERT(listened.has_value());
    listening = *std::move(listened);
    for (int i = 0; i < 3; ++i) {
      auto sent = subject.client().write({.destination = {subject.address(), port}}, 1, filling("x"));
      EXPECT_EQ(outcome(sent), "ok");
    }
    co_await sleep_for(a_while);
    EXPECT_EQ(calls, 1);
  }

  void a_port_can_be_listened_on_once() {
    records seen;
    const port_and_subscription server = listen(subject.device(), subject.address(), seen);
    auto again = subject.device().listen({subject.address(), server.port}, [](v1::datagram&&) noexcept {});
    EXPECT_EQ(error_of(again), v1::listen_error::in_use);
  }

  void only_own_addresses_and_real_ports_can_be_listened_on() {
    auto handler = [](v1::datagram&&) noexcept {};
    auto foreign = subject.device().listen({subject.foreign(), 4000}, handler);
    EXPECT_EQ(error_of(foreign), v1::listen_error::no_address);
    auto zero = subject.device().listen({subject.address(), 0}, handler);
    EXPECT_EQ(error_of(zero), v1::listen_error::no_address);
  }

  task<> a_handler_is_moved_and_destroyed_once() {
    auto watched = std::make_shared<int>(0);
    {
      auto count = [watched](v1::datagram&&) noexcept { ++*watched; };
      std::uint16_t port = 0;
      auto listening = listen_anywhere(subject.device(), subject.address(), count, port);
      MIRAGE_CO_ASSERT(listening.has_value());
      auto sent = subject.client().write({.destination = {subject.address(), port}}, 1, filling("x"));
      EXPECT_EQ(outcome(sent), "ok");
      co_await sleep_for(a_while);
      EXPECT_EQ(*watched, 1);
    }
    co_await sleep_for(a_while / 10);
    EXPECT_EQ(watched.use_count(), 1) << "the handler goes with its subscription";
  }

  task<> a_group_is_heard_between_join_and_leave() {
    const std::optional<ip_address> group = subject.group();
    if (!group) co_return;
    records seen;
    const port_and_subscription server = listen(subject.device(), {}, seen);
    const v1::datagram_route to = {.destination = {*group, server.port}};
    auto joined = subject.device().join(*group, 0);
    MIRAGE_CO_ASSERT(joined.has_value());
    auto twice = subject.device().join(*group, 0);
    EXPECT_EQ(outcome(twice), "ok");
    auto sent = subject.client().write(to, 1, filling("1"));
    EXPECT_EQ(outcome(sent), "ok");
    MIRAGE_CO_ASSERT(co_await arrived(seen, 1));
    EXPECT_EQ(seen[0].destination.address, *group);
    subject.device().leave(*group, 0);
    sent = subject.client().write(to, 1, filling("2"));
    MIRAGE_CO_ASSERT(co_await arrived(seen, 2));
    subject.device().leave(*group, 0);
    sent = subject.client().write(to, 1, filling("3"));
    co_await sleep_for(a_while);
    EXPECT_EQ(seen.size(), 2u) << "joined twice, left twice";
  }

  void only_groups_can_be_joined() {
    auto joined = subject.device().join(subject.address(), 0);
    EXPECT_EQ(error_of(joined), v1::net_error::no_route);
  }

  static std::vector<suite_test<udp_suite>> tests() {
    return {
        MIRAGE_SUITE_TEST(udp_suite, it_is_a_device),
        MIRAGE_SUITE_TEST(udp_suite, a_datagram_arrives_with_its_addresses),
        MIRAGE_SUITE_TEST(udp_suite, the_stack_chooses_the_source_that_is_left_out),
        MIRAGE_SUITE_TEST(udp_suite, datagrams_keep_their_boundaries_and_may_be_empty),
        MIRAGE_SUITE_TEST(udp_suite, fill_may_write_less_than_was_asked_for),
        MIRAGE_SUITE_TEST(udp_suite, a_large_datagram_arrives_whole),
        MIRAGE_SUITE_TEST(udp_suite, what_is_too_long_is_refused_and_not_filled),
        MIRAGE_SUITE_TEST(udp_suite, many_datagrams_in_one_batch),
        MIRAGE_SUITE_TEST(udp_suite, a_handler_may_answer_from_inside),
        MIRAGE_SUITE_TEST(udp_suite, the_payload_may_be_kept),
        MIRAGE_SUITE_TEST(udp_suite, nothing_comes_when_the_subscription_is_gone),
        MIRAGE_SUITE_TEST(udp_suite, a_handler_may_end_its_own_subscription),
        MIRAGE_SUITE_TEST(udp_suite, a_port_can_be_listened_on_once),
        MIRAGE_SUITE_TEST(udp_suite, only_own_addresses_and_real_ports_can_be_listened_on),
        MIRAGE_SUITE_TEST(udp_suite, a_handler_is_moved_and_destroyed_once),
        MIRAGE_SUITE_TEST(udp_suite, a_group_is_heard_between_join_and_leave),
        MIRAGE_SUITE_TEST(udp_suite, only_groups_can_be_joined),
    };
  }

 private:
  struct port_and_subscription {
    std::uint16_t port = 0;
    subscription listening;
  };

  template <class Handler>
  static result<subscription, v1::listen_error> listen_anywhere(udp& at, ip_address address,
                                                                const Handler& handler, std::uint16_t& port) {
    // As a client does it: at random, until one is free.
    for (int tries = 0;; ++tries) {
      port = static_cast<std::uint16_t>(49152 + os::random64() % 16384);
      auto listening = at.listen({address, port}, handler);
      if (listening || listening.error() != v1::listen_error::in_use || tries == 100) return listening;
    }
  }
  static port_and_subscription listen(udp& at, ip_address address, records& into) {
    port_and_subscription made;
    auto record = [&into](v1::datagram&& came) noexcept {
      into.push_back(
          {std::string(came.payload.text()), came.source, came.destination, came.interface, came.ttl});
    };
    auto listening = listen_anywhere(at, address, record, made.port);
    require(listening.has_value(), "the subject cannot listen");
    made.listening = *std::move(listening);
    return made;
  }
  /// Waits until so many have come, and tells whether they have.
  template <class List>
  static task<bool> arrived(const List& in, std::size_t count) {
    for (int i = 0; i < 100 && in.size() < count; ++i) co_await sleep_for(a_while / 100);
    EXPECT_EQ(in.size(), count);
    co_return in.size() == count;
  }

  records unused_;
};

}  // namespace mirage::test
