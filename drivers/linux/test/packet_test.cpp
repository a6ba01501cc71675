// SPDX-License-Identifier: ISC
#include <mirage/linux/packet.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <mirage/core/sleep.hpp>
#include <mirage/linux/tap.hpp>
#include <mirage/test/suites/network_suite.hpp>

#include "network_namespace.hpp"
#include "test_host.hpp"

namespace mirage {
namespace {

using test::ip;
using test::make_frame;
using test::network_namespace;
using test::raw_socket;
using test::test_host;

constexpr mac_address ours = "02:00:00:00:00:42";

/// At one end of a wire in a namespace of its own, with a socket at the other.
struct packet_subject {
  using network = packet;
  static constexpr duration a_while = 1s;

  packet_subject() {
    ip("link add near type veth peer name far");
    ip("link set near up");
    ip("link set far up");
    far_ = std::make_unique<raw_socket>("far");
    run([](packet_subject& self) -> task<> {
      auto started = co_await self.packet_.start();
      EXPECT_TRUE(started);
    }(*this));
  }
  ~packet_subject() { run(packet_.stop()); }

  void run(task<> work) { host.run(std::move(work), 20s); }
  packet& device() { return packet_; }
  void inject(std::string_view frame) { far_->send(frame); }
  std::vector<std::string> take_sent() { return far_->take(); }

  network_namespace own;
  test_host host;

 private:
  packet packet_{"network_0", "near", {.mac = ours}};
  std::unique_ptr<raw_socket> far_;
};
MIRAGE_CONFORMANCE(network_suite, packet, packet_subject);

// To us and to groups only, though the interface has another address.
TEST(packet, takes_what_is_for_its_own_address) {
  packet_subject subject;
  test::recording_sink sink;
  const subscription listening = subject.device().listen(sink);
  const std::string rest = make_frame(60).substr(6);
  subject.inject(std::string("\x02\0\0\0\0\x43", 6) + rest);
  subject.inject(std::string("\x02\0\0\0\1\x42", 6) + rest);
  const std::string to_us = std::string("\x02\0\0\0\0\x42", 6) + rest;
  const std::string to_group = std::string("\x01\0\x5e\0\0\1", 6) + rest;
  subject.inject(to_us);
  subject.inject(to_group);
  EXPECT_TRUE(subject.host.run_until([&] { return sink.frames.size() == 2; }, 5s));
  EXPECT_EQ(sink.frames[0], to_us);
  EXPECT_EQ(sink.frames[1], to_group);
}

TEST(packet, frames_longer_than_a_slot_come_whole_and_in_order) {
  packet_subject subject;
  ip("link set near mtu 9000");
  ip("link set far mtu 9000");
  test::recording_sink sink;
  const subscription listening = subject.device().listen(sink);
  std::vector<std::string> wanted;
  for (unsigned i = 0; i < 40; ++i) {
    wanted.push_back(make_frame(i % 3 == 0 ? 8000 + i : 100 + i, i));
    subject.inject(wanted.back());
  }
  EXPECT_TRUE(subject.host.run_until([&] { return sink.frames.size() == wanted.size(); }, 5s));
  EXPECT_TRUE(sink.frames == wanted);
}

TEST(packet, the_tag_of_a_virtual_lan_is_put_back) {
  packet_subject subject;
  test::recording_sink sink;
  const subscription listening = subject.device().listen(sink);
  const std::string plain = make_frame(60);
  const std::string tagged = plain.substr(0, 12) + std::string("\x81\0\0\x07", 4) + plain.substr(12);
  subject.inject(tagged);
  EXPECT_TRUE(subject.host.run_until([&] { return !sink.frames.empty(); }, 5s));
  EXPECT_TRUE(sink.frames[0] == tagged);
}

TEST(packet, many_frames_of_a_round_take_one_call) {
  packet_subject subject;
  const auto work = [](packet& device) -> task<> {
    for (unsigned i = 0; i < 100; ++i) {
      const std::string frame = make_frame(200, i);
      auto fill = [&frame](bytes to) noexcept {
        std::memcpy(to.data(), frame.data(), frame.size());
        return frame.size();
      };
      const auto sent = device.write({.header = 200}, fill, {});
      EXPECT_TRUE(sent);
    }
    co_await yield();
    co_await yield();
  };
  subject.run(work(subject.device()));
  EXPECT_EQ(subject.take_sent().size(), 100U);
  EXPECT_EQ(subject.host.counted("network_sent_frames_total"), 100U);
  EXPECT_EQ(subject.host.counted("network_send_calls_total"), 1U);
}

// The kernel cuts for an interface that cannot.
TEST(packet, what_is_to_be_cut_arrives_through_an_interface_that_does_not_cut) {
  const network_namespace own;
  test_host host;
  tap plain("plain", "tap0", {.offloads = false});
  packet device("network_0", "tap0", {.mac = ours});
  struct counting_sink {
    void input(buffer&& frame, const v1::received&) {
      if (frame.size() > 54) sizes.push_back(frame.size() - 54);
    }
    void batch_end() {}
    void writable() {}
    std::vector<std::size_t> sizes;
  } seen;
  subscription listening;
  const auto start = [&]() -> task<> {
    auto made = co_await plain.start();
    EXPECT_TRUE(made);
    ip("link set tap0 up");
    listening = plain.listen(seen);
    auto started = co_await device.start();
    EXPECT_TRUE(started);
  };
  host.run(start(), 20s);
  const v1::transmit how{.header = 54,
                         .checksum_start = 34,
                         .checksum_offset = 16,
                         .segment = 1000,
                         .kind = v1::transmit::cut::tcp4};
  const auto headers = [](bytes to) noexcept {
    constexpr std::string_view ipv4(
        "\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x42\x08\0\x45\0\x0c\x1c\0\0\0\0\x40\6", 24);
    std::ranges::fill(to, std::byte{});
    std::memcpy(to.data(), ipv4.data(), ipv4.size());
    to[46] = std::byte{0x50};  // the length of TCP's header
    return std::size_t{54};
  };
  const auto send = [&]() -> task<> {
    buffer_list slices;
    slices.push_back(buffer::copy_of(as_bytes(std::string(3060, 'x'))));
    const auto sent = device.write(how, headers, std::move(slices));
    EXPECT_TRUE(sent);
    co_return;
  };
  host.run(send(), 20s);
  EXPECT_TRUE(host.run_until([&] { return seen.sizes.size() >= 4; }, 5s));
  EXPECT_EQ(seen.sizes, (std::vector<std::size_t>{1000, 1000, 1000, 60}));
  listening = {};
  const auto stop = [&]() -> task<> {
    co_await device.stop();
    co_await plain.stop();
  };
  host.run(stop(), 20s);
}

TEST(packet, frames_that_the_ring_has_no_place_for_are_counted) {
  packet_subject subject;
  test::recording_sink sink;
  const subscription listening = subject.device().listen(sink);
  for (unsigned i = 0; i < 3000; ++i) subject.inject(make_frame(60));
  EXPECT_TRUE(subject.host.run_until([&] { return sink.frames.size() >= 2048; }, 5s));
  // The next frame that finds a place says so.
  subject.inject(make_frame(60));
  EXPECT_TRUE(subject.host.run_until(
      [&] { return subject.host.counted("network_dropped_total", "receive_ring") > 0; }, 5s));
  EXPECT_EQ(sink.frames.size() + subject.host.counted("network_dropped_total", "receive_ring"), 3001U);
}

TEST(packet, says_why_it_cannot_start) {
  const network_namespace own;
  test_host host;
  const auto start = [](packet& one) -> task<result<void, packet_error>> { co_return co_await one.start(); };
  packet missing("network_0", "nowhere");
  EXPECT_EQ(host.run(start(missing)).error(), packet_error::no_interface);
  packet unnamed("network_0", "");
  EXPECT_EQ(host.run(start(unnamed)).error(), packet_error::no_interface);
}

}  // namespace
}  // namespace mirage
