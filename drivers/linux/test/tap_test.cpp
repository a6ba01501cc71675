// SPDX-License-Identifier: ISC
#include <mirage/linux/tap.hpp>

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <sys/socket.h>

#include <memory>
#include <string>
#include <vector>

#include <mirage/core/sleep.hpp>
#include <mirage/test/suites/network_suite.hpp>

#include "network_namespace.hpp"
#include "temporary_folder.hpp"
#include "test_host.hpp"

namespace mirage {
namespace {

using test::ip;
using test::make_frame;
using test::network_namespace;
using test::raw_socket;
using test::test_host;

/// A tap that is up in a namespace of its own, and the host's side of it.
struct tap_subject {
  using network = tap;
  static constexpr duration a_while = 1s;

  explicit tap_subject(const tap_options& options = {}) : options_(options) {
    run([](tap_subject& self) -> task<> {
      auto started = co_await self.tap_.start();
      EXPECT_TRUE(started);
      ip("link set tap0 up");
      self.host_side_ = std::make_unique<raw_socket>("tap0");
    }(*this));
  }
  ~tap_subject() { run(tap_.stop()); }

  void run(task<> work) { host.run(std::move(work), 20s); }
  tap& device() { return tap_; }
  void inject(std::string_view frame) { host_side_->send(frame); }
  std::vector<std::string> take_sent() { return host_side_->take(); }

  network_namespace own;
  test_host host;

 private:
  tap_options options_;
  tap tap_{"network_0", "tap0", options_};
  std::unique_ptr<raw_socket> host_side_;
};
MIRAGE_CONFORMANCE(network_suite, tap, tap_subject);

struct plain_tap : tap_subject {
  plain_tap() : tap_subject({.offloads = false}) {}
};
MIRAGE_CONFORMANCE(network_suite, tap_without_offloads, plain_tap);

TEST(tap, offers_what_the_kernel_does) {
  tap_subject with;
  const v1::capabilities offered = with.device().capabilities();
  EXPECT_EQ(offered.mtu, 1500U);
  EXPECT_TRUE(offered.transmit_checksum && offered.receive_checksum && offered.receive_coalescing);
  EXPECT_GT(offered.segment_bytes, 60'000U);
  EXPECT_GT(offered.slices, 0U);
}

TEST(tap, offers_nothing_without_offloads) {
  plain_tap without;
  const v1::capabilities offered = without.device().capabilities();
  EXPECT_FALSE(offered.transmit_checksum || offered.receive_checksum || offered.receive_coalescing);
  EXPECT_EQ(offered.segment_bytes + offered.datagram_bytes, 0U);
}

// What the kernel sends in segments of 1000 bytes comes as one, or cut, but the bytes are the same.
TEST(tap, receives_datagrams_of_one_write_together) {
  tap_subject subject;
  ip("addr add 10.9.8.1/24 dev tap0");
  ip("neigh add 10.9.8.2 lladdr 02:00:00:00:00:09 dev tap0 nud permanent");
  struct sink {
    void input(buffer&& frame, const v1::received& how) {
      if (frame.size() < 42 || frame.text().substr(12, 2) != std::string_view("\x08\x00", 2)) return;
      payload += frame.text().substr(42);
      if (how.segment != 0) segment = how.segment;
      verified = how.checksum_verified;
    }
    void batch_end() {}
    void writable() {}
    std::string payload;
    std::uint16_t segment = 0;
    bool verified = false;
  } seen;
  const subscription listening = subject.device().listen(seen);
  const file_descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const int segment = 1000;
  ASSERT_EQ(::setsockopt(socket.get(), SOL_UDP, UDP_SEGMENT, &segment, sizeof segment), 0);
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(9);
  to.sin_addr.s_addr = htonl(0x0a090802);
  const std::string sent = test::pattern(30'500, 3);
  ASSERT_EQ(::sendto(socket.get(), sent.data(), sent.size(), 0,
                     static_cast<sockaddr*>(static_cast<void*>(&to)), sizeof to),
            static_cast<ssize_t>(sent.size()));
  EXPECT_TRUE(subject.host.run_until([&] { return seen.payload.size() >= sent.size(); }, 5s));
  if (subject.device().capabilities().datagram_bytes != 0) {
    EXPECT_TRUE(seen.verified);
    EXPECT_EQ(seen.segment, 1000);
    EXPECT_TRUE(seen.payload == sent);
  }
  EXPECT_EQ(seen.payload.substr(0, 1000), sent.substr(0, 1000));
}

TEST(tap, sends_what_is_to_be_cut_as_one_frame) {
  tap_subject subject;
  const v1::transmit how{.header = 54,
                         .checksum_start = 34,
                         .checksum_offset = 16,
                         .segment = 1460,
                         .kind = v1::transmit::cut::tcp4};
  auto headers = [](bytes to) noexcept {
    std::ranges::fill(to, std::byte{});
    constexpr std::string_view addresses = "\xff\xff\xff\xff\xff\xff\x02\0\0\0\0\x77\x88\xb5";
    std::memcpy(to.data(), addresses.data(), 14);
    to[14] = std::byte{0x45};
    to[46] = std::byte{0x50};  // the length of TCP's header
    return std::size_t{54};
  };
  buffer_list slices;
  slices.push_back(buffer::copy_of(as_bytes(std::string(40'000, 'x'))));
  const auto sent = subject.device().write(how, headers, std::move(slices));
  ASSERT_TRUE(sent);
  const auto frames = subject.take_sent();
  ASSERT_EQ(frames.size(), 1U);
  EXPECT_EQ(frames[0].size(), 40'054U);
}

TEST(tap, captures_what_goes_both_ways) {
  const test::temporary_folder folder;
  const std::string path = folder / "frames.pcap";
  const std::string out = make_frame(60, 1);
  const std::string in = make_frame(3000, 2);
  {
    tap_subject subject({.capture = path, .offloads = false});
    ip("link set tap0 mtu 9000");
    test::recording_sink sink;
    const subscription listening = subject.device().listen(sink);
    const auto fill = [&out](bytes to) noexcept {
      std::memcpy(to.data(), out.data(), out.size());
      return out.size();
    };
    const auto sent = subject.device().write({.header = 60}, fill, {});
    EXPECT_TRUE(sent);
    subject.inject(in);
    EXPECT_TRUE(subject.host.run_until([&] { return !sink.frames.empty(); }, 5s));
  }
  const std::string file = folder.read("frames.pcap");
  ASSERT_EQ(file.size(), 24 + 16 + out.size() + 16 + in.size());
  EXPECT_EQ(file.substr(24 + 16, out.size()), out);
  EXPECT_TRUE(file.substr(24 + 16 + out.size() + 16) == in);
}

TEST(tap, a_capture_that_cannot_be_written_is_an_error) {
  const network_namespace own;
  test_host host;
  tap one("network_0", "tap0", {.capture = "/nowhere/frames.pcap"});
  const auto start = [](tap& what) -> task<result<void, tap_error>> { co_return co_await what.start(); };
  EXPECT_EQ(host.run(start(one)).error(), tap_error::no_capture);
}

TEST(tap, a_link_that_is_down_drops_and_counts) {
  tap_subject subject;
  ip("link set tap0 down");
  const auto fill = [](bytes to) noexcept {
    const std::string frame = make_frame(60);
    std::memcpy(to.data(), frame.data(), frame.size());
    return frame.size();
  };
  const auto sent = subject.device().write({.header = 60}, fill, {});
  EXPECT_TRUE(sent) << "it is noticed too late to say so";
  EXPECT_EQ(subject.host.counted("network_dropped_total", "down"), 1U);
}

TEST(tap, without_memory_frames_are_dropped_and_counted) {
  tap_subject subject;
  test::recording_sink sink;
  const subscription listening = subject.device().listen(sink);
  subject.host.buffers.set_limit(0);
  subject.inject(make_frame(60));
  EXPECT_TRUE(subject.host.run_until(
      [&] { return subject.host.counted("network_dropped_total", "memory") > 0; }, 5s));
  subject.host.buffers.set_limit(1 << 20);
  subject.inject(make_frame(61));
  EXPECT_TRUE(subject.host.run_until([&] { return !sink.frames.empty(); }, 5s));
  EXPECT_EQ(sink.frames[0].size(), 61U);
}

TEST(tap, says_why_it_cannot_start) {
  const network_namespace own;
  test_host host;
  const auto start = [](tap& one) -> task<result<void, tap_error>> { co_return co_await one.start(); };
  tap unnamed("network_0", "");
  EXPECT_EQ(host.run(start(unnamed)).error(), tap_error::bad_name);
  tap long_name("network_0", "a-name-that-is-too-long");
  EXPECT_EQ(host.run(start(long_name)).error(), tap_error::bad_name);
  tap other_device("network_0", "lo");
  EXPECT_EQ(host.run(start(other_device)).error(), tap_error::bad_name);
  tap first("network_0", "tap1");
  tap second("network_1", "tap1");
  EXPECT_TRUE(host.run(start(first)));
  EXPECT_EQ(host.run(start(second)).error(), tap_error::in_use);
  host.run(first.stop());
}

}  // namespace
}  // namespace mirage
