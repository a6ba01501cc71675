// SPDX-License-Identifier: ISC
#include "mirage/virtio/network.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_device.hpp"
#include "mirage/test/suites/network_suite.hpp"
#include "mirage/virtio_net_header/wire.hpp"

namespace mirage {
namespace {

using test::fake_network;
using test::features;
using test::make_frame;
using virtio::device_error;
using virtio::network_options;

/// A started network on a fake device.
template <std::uint64_t Offered>
struct networks {
  using network = virtio::network;
  static constexpr duration a_while = 1s;

  explicit networks(const network_options& options = {})
      : device_(node, Offered), network_("network_0", bus_, options) {
    bus_.add(device_);
    node.run([](networks& self) -> task<> {
      auto started = co_await self.network_.start();
      EXPECT_EQ(test::outcome(started), "ok");
    }(*this));
  }
  ~networks() { node.run(network_.stop()); }

  void run(task<> work) { node.run(std::move(work)); }
  network& device() { return network_; }
  fake_network& machine() { return device_; }
  void inject(std::string_view frame) { device_.inject(frame); }
  std::vector<std::string> take_sent() {
    std::vector<std::string> frames;
    for (auto& each : device_.take_sent()) frames.push_back(std::move(each.frame));
    return frames;
  }
  void hold(bool held) { device_.hold(held); }

  test::virtual_node node;

 private:
  virtio::bus bus_;
  fake_network device_;
  network network_;
};

using plain_network = networks<fake_network::plain>;
using full_network = networks<fake_network::all>;
using merging_network = networks<features({5, 15})>;
using indexed_network = networks<features({5, 29})>;
MIRAGE_CONFORMANCE(network_suite, virtio_plain, plain_network);
MIRAGE_CONFORMANCE(network_suite, virtio, full_network);
MIRAGE_CONFORMANCE(network_suite, virtio_mergeable, merging_network);
MIRAGE_CONFORMANCE(network_suite, virtio_event_index, indexed_network);

std::uint64_t counted(test::virtual_node& node, std::string_view name, std::string_view label) {
  std::uint64_t total = 0;
  node.counters.for_each([&](const metric& each) {
    std::string text;
    text.resize(256);
    text_writer out(text);
    format(out, each.labels());
    if (each.name() == name && out.text().find(label) != std::string_view::npos)
      total += static_cast<const counter&>(each).value();
  });
  return total;
}

// ---- What is agreed on ---------------------------------------------------------------------------------

TEST(virtio_network, says_what_the_device_can) {
  full_network all;
  EXPECT_EQ(all.device().mac(), mac_address("52:54:00:12:34:56"));
  const v1::capabilities can = all.device().capabilities();
  EXPECT_TRUE(can.transmit_checksum && can.receive_checksum && can.receive_coalescing);
  EXPECT_EQ(can.segment_bytes, 65435u);
  EXPECT_EQ(can.datagram_bytes, 60'000u);
  EXPECT_EQ(can.slices, 14u);
  plain_network plain;
  const v1::capabilities less = plain.device().capabilities();
  EXPECT_FALSE(less.transmit_checksum || less.receive_checksum || less.receive_coalescing);
  EXPECT_EQ(less.segment_bytes, 0u);
  EXPECT_EQ(less.datagram_bytes, 0u);
}

// A device may offer what makes no sense without something else that it does not offer.
TEST(virtio_network, takes_no_feature_whose_ground_is_missing) {
  networks<features({5, 7, 8, 9, 11, 12, 15, 56})> without_checksums;
  EXPECT_EQ(without_checksums.machine().accepted() & 0xffff'ffff, features({5, 15}));
  networks<features({0, 1, 5, 7, 8, 11})> without_merging;
  EXPECT_EQ(without_merging.machine().accepted() & 0xffff'ffff, features({0, 1, 5, 11}));
  EXPECT_EQ(without_merging.device().capabilities().segment_bytes, 0u) << "both versions of IP, or none";
}

// ---- Sending -------------------------------------------------------------------------------------------

result<void, v1::net_error> write(virtio::network& to, const v1::transmit& how, std::string_view head,
                                  buffer_list slices = {}) {
  auto fill = [head](bytes room) noexcept {
    std::memcpy(room.data(), head.data(), head.size());
    return head.size();
  };
  return to.write(how, fill, std::move(slices));
}

TEST(virtio_network, asks_the_device_for_checksums_and_segments) {
  full_network all;
  const std::string payload = test::pattern(40'000);
  buffer_list slices;
  slices.push_back(test::buffer_of(payload));
  const v1::transmit how{.header = 54,
                         .checksum_start = 34,
                         .checksum_offset = 16,
                         .segment = 1460,
                         .kind = v1::transmit::cut::tcp4};
  auto sent = write(all.device(), how, make_frame(54), std::move(slices));
  EXPECT_EQ(test::outcome(sent), "ok");
  all.node.settle();
  const auto frames = all.machine().take_sent();
  ASSERT_EQ(frames.size(), 1u);
  EXPECT_TRUE(frames[0].frame == make_frame(54) + payload);
  const auto header = load_virtio_net_header(as_bytes(frames[0].header));
  EXPECT_EQ(header, (virtio_net_header{.flags = virtio_net_header::needs_checksum,
                                       .segmented = virtio_net_header::tcp4,
                                       .header_length = 54,
                                       .segment = 1460,
                                       .checksum_start = 34,
                                       .checksum_offset = 16}));
  EXPECT_EQ(frames[0].pieces, 2u) << "the payload was copied";
}

TEST(virtio_network, does_not_take_what_the_device_cannot_cut) {
  plain_network plain;
  const v1::transmit how{.header = 54, .segment = 1460, .kind = v1::transmit::cut::tcp4};
  EXPECT_EQ(test::error_of(write(plain.device(), how, make_frame(54))), v1::net_error::too_long);
}

TEST(virtio_network, rings_the_doorbell_once_a_round) {
  full_network all;
  const unsigned before = all.machine().notifications();
  all.run([](full_network& self) -> task<> {
    for (int i = 0; i < 20; ++i)
      EXPECT_EQ(test::outcome(write(self.device(), {.header = 60}, make_frame(60))), "ok");
    co_await yield();
    co_await yield();
  }(all));
  EXPECT_EQ(all.machine().notifications(), before + 1);
  EXPECT_EQ(all.take_sent().size(), 20u);
}

TEST(virtio_network, a_frame_with_every_slice_goes_through_a_ring_that_is_nearly_full) {
  full_network all;
  all.hold(true);
  while (write(all.device(), {.header = 60}, make_frame(60))) {
  }
  all.hold(false);
  all.node.advance(10ms);
  static_cast<void>(all.take_sent());
  const std::string frame = make_frame(1000);
  buffer_list slices;
  for (std::size_t i = 0; i < buffer_list::capacity(); ++i)
    slices.push_back(test::buffer_of(frame.substr(40 + i * 60, 60)));
  auto sent = write(all.device(), {.header = 40}, frame.substr(0, 40), std::move(slices));
  EXPECT_EQ(test::outcome(sent), "ok");
  all.node.settle();
  EXPECT_TRUE(all.take_sent() == std::vector{frame});
}

TEST(virtio_network, without_a_link_nothing_is_sent) {
  full_network all;
  test::recording_sink sink;
  const subscription listening = all.device().listen(sink);
  all.machine().set_link(false);
  all.node.settle();
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
  EXPECT_EQ(sink.told_writable, 0u);
  all.machine().set_link(true);
  all.node.settle();
  EXPECT_EQ(sink.told_writable, 1u);
  EXPECT_EQ(test::outcome(write(all.device(), {.header = 60}, make_frame(60))), "ok");
}

TEST(virtio_network, is_writable_again_when_memory_is) {
  test::virtual_node* node = nullptr;
  full_network all;
  node = &all.node;
  test::recording_sink sink;
  const subscription listening = all.device().listen(sink);
  node->buffers.set_limit(0);
  std::vector<buffer> hoard;
  while (buffer taken = buffer::allocate(100)) hoard.push_back(std::move(taken));
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::full);
  hoard.clear();
  node->buffers.set_limit(1 << 24);
  node->advance(20ms);
  EXPECT_EQ(sink.told_writable, 1u);
}

// ---- Receiving -----------------------------------------------------------------------------------------

TEST(virtio_network, tells_what_the_device_knows_of_a_frame) {
  struct knowing_sink : test::recording_sink {
    void input(buffer&& frame, const v1::received& how) {
      known.push_back(how);
      recording_sink::input(std::move(frame), how);
    }
    std::vector<v1::received> known;
  };
  full_network all;
  knowing_sink sink;
  const subscription listening = all.device().listen(sink);
  std::string header(10, '\0');
  store({.flags = virtio_net_header::data_valid}, std::as_writable_bytes(std::span(header)));
  all.machine().inject(make_frame(100), header);
  store({.flags = virtio_net_header::needs_checksum,
         .segmented = virtio_net_header::tcp6,
         .header_length = 74,
         .segment = 1440,
         .checksum_start = 54,
         .checksum_offset = 16},
        std::as_writable_bytes(std::span(header)));
  all.machine().inject(make_frame(30'000), header);
  all.node.settle();
  ASSERT_EQ(sink.frames.size(), 2u);
  EXPECT_TRUE(sink.known[0].checksum_verified);
  EXPECT_EQ(sink.known[0].segment, 0);
  EXPECT_TRUE(sink.known[1].checksum_verified);
  EXPECT_EQ(sink.known[1].segment, 1440);
  EXPECT_TRUE(sink.frames[1] == make_frame(30'000)) << "it is put together from several buffers";
}

TEST(virtio_network, goes_on_receiving_when_every_buffer_was_kept) {
  full_network all;
  test::recording_sink sink;
  sink.keep = true;
  const subscription listening = all.device().listen(sink);
  for (unsigned i = 0; i < 1000; ++i) all.machine().inject(make_frame(80, i));
  all.node.settle();
  ASSERT_EQ(sink.frames.size(), 1000u);
  EXPECT_TRUE(sink.kept[999].text() == make_frame(80, 999));
}

TEST(virtio_network, waits_for_memory_to_receive_into) {
  full_network all;
  test::recording_sink sink;
  sink.keep = true;
  const subscription listening = all.device().listen(sink);
  all.node.buffers.set_limit(0);
  for (unsigned i = 0; i < 300; ++i) all.machine().inject(make_frame(80, i));
  all.node.advance(10ms);
  EXPECT_LT(sink.frames.size(), 300u);
  EXPECT_GT(counted(all.node, "network_dropped_total", "memory"), 0u);
  sink.kept.clear();
  all.node.buffers.set_limit(1 << 24);
  all.node.advance(100ms);
  EXPECT_EQ(sink.frames.size(), 300u);
}

TEST(virtio_network, drops_what_is_malformed_and_goes_on) {
  full_network all;
  test::recording_sink sink;
  const subscription listening = all.device().listen(sink);
  auto& ring = all.machine().ring(0);
  auto give = [&](std::string_view content, std::uint32_t written) {
    const auto chain = ring.take();
    ASSERT_TRUE(chain);
    chain->write(content);
    all.machine().complete(0, chain->id, written);
  };
  give("", 0);
  give("", 11);
  give(std::string(12, '\0'), 60);                                             // of no buffers
  give(std::string(1, '\0') + '\2' + std::string(8, '\0') + '\1' + '\0', 60);  // an unknown segmentation
  all.node.settle();
  EXPECT_EQ(counted(all.node, "network_dropped_total", "malformed"), 4u);
  EXPECT_TRUE(sink.frames.empty());
  all.inject(make_frame(60));
  all.node.settle();
  EXPECT_EQ(sink.frames.size(), 1u);
}

TEST(virtio_network, drops_a_frame_that_has_no_end) {
  full_network all;
  test::recording_sink sink;
  const subscription listening = all.device().listen(sink);
  auto& ring = all.machine().ring(0);
  for (int i = 0; i < 60; ++i) {
    const auto chain = ring.take();
    ASSERT_TRUE(chain);
    if (i == 0) chain->write(std::string(10, '\0') + '\74' + '\0');  // sixty buffers
    all.machine().complete(0, chain->id, 2048);
  }
  all.inject(make_frame(60));
  all.node.settle();
  EXPECT_EQ(counted(all.node, "network_dropped_total", "too_long"), 1u);
  EXPECT_TRUE(sink.frames == std::vector{make_frame(60)});
}

// ---- A device that is not as it should be --------------------------------------------------------------

std::string start_error(virtio::network& network, test::virtual_node& node) {
  return node.run([](virtio::network& one) -> task<std::string> {
    auto started = co_await one.start();
    co_return started ? "ok" : std::string(describe(started.error()));
  }(network));
}

struct refused {
  test::virtual_node node;
  virtio::bus bus;
  fake_network device{node};
  virtio::network network{"network_0", bus};

  std::string outcome() {
    bus.add(device);
    return start_error(network, node);
  }
};

TEST(virtio_network, needs_a_device) {
  test::virtual_node node;
  virtio::bus bus;
  virtio::network network("network_0", bus);
  EXPECT_EQ(start_error(network, node), describe(device_error::no_device));
}
TEST(virtio_network, takes_each_device_once) {
  refused one;
  EXPECT_EQ(one.outcome(), "ok");
  virtio::network second("network_1", one.bus);
  EXPECT_EQ(start_error(second, one.node), describe(device_error::no_device));
  one.node.run(one.network.stop());
}
TEST(virtio_network, refuses_the_legacy_interface) {
  refused one;
  one.device.is_legacy = true;
  EXPECT_EQ(one.outcome(), describe(device_error::only_legacy));
}
TEST(virtio_network, hears_that_its_features_are_refused) {
  refused one;
  one.device.refuses_features = true;
  EXPECT_EQ(one.outcome(), describe(device_error::features_refused));
}
TEST(virtio_network, gives_a_device_up_that_does_not_reset) {
  refused one;
  one.device.set_status(1);
  one.device.never_resets = true;
  EXPECT_EQ(one.outcome(), describe(device_error::no_reset));
}
TEST(virtio_network, gives_a_device_up_that_is_gone) {
  refused one;
  one.device.is_gone = true;
  EXPECT_EQ(one.outcome(), describe(device_error::no_reset));
}
TEST(virtio_network, needs_both_queues) {
  refused one;
  one.device.queues = 1;
  EXPECT_EQ(one.outcome(), describe(device_error::no_queue));
}
TEST(virtio_network, does_not_believe_in_a_tiny_mtu) {
  refused one;
  one.device.set_field(10, 68, 2);
  EXPECT_EQ(one.outcome(), describe(device_error::bad_layout));
}

TEST(virtio_network, resets_a_device_that_lies_and_says_which_rule_it_broke) {
  full_network all;
  test::recording_sink sink;
  const subscription listening = all.device().listen(sink);
  all.hold(true);
  buffer payload = test::buffer_of("payload");
  buffer_list slices;
  slices.push_back(payload.share());
  EXPECT_EQ(test::outcome(write(all.device(), {.header = 60}, make_frame(60), std::move(slices))), "ok");
  all.node.settle();
  all.machine().complete(0, 77, 5000);
  all.node.settle();
  EXPECT_FALSE(all.machine().is_running());
  EXPECT_EQ(counted(all.node, "virtio_faults_total", "length_too_long"), 1u);
  EXPECT_TRUE(payload.unique()) << "what was in flight is given back";
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
  all.node.advance(1s);
  EXPECT_EQ(sink.told_writable, 0u);
}

TEST(virtio_network, keeps_the_memory_of_a_device_that_lies_and_does_not_reset) {
  full_network all;
  all.hold(true);
  buffer payload = test::buffer_of("payload");
  buffer_list slices;
  slices.push_back(payload.share());
  EXPECT_EQ(test::outcome(write(all.device(), {.header = 60}, make_frame(60), std::move(slices))), "ok");
  all.node.settle();
  all.machine().never_resets = true;
  all.machine().complete(0, 77, 5000);
  all.node.settle();
  EXPECT_FALSE(payload.unique()) << "the device may still read it";
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
  all.run(all.device().stop());
  EXPECT_TRUE(payload.unique());
}

TEST(virtio_network, stops_using_a_device_that_needs_a_reset) {
  full_network all;
  all.machine().needs_reset();
  all.node.settle();
  EXPECT_FALSE(all.machine().is_running());
  EXPECT_EQ(counted(all.node, "virtio_faults_total", "needs_reset"), 1u);
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
}

TEST(virtio_network, sends_what_it_has_before_it_stops) {
  full_network all;
  EXPECT_EQ(test::outcome(write(all.device(), {.header = 60}, make_frame(60))), "ok");
  all.run(all.device().stop());
  EXPECT_EQ(all.take_sent().size(), 1u);
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
}

}  // namespace
}  // namespace mirage
