// SPDX-License-Identifier: ISC
#include "mirage/xen/network.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "fake_backends.hpp"
#include "mirage/test/suites/network_suite.hpp"

namespace mirage {
namespace {

using test::fake_netback;
using test::field16;
using test::make_frame;
using xen::device_error;
using xen::network_options;

/// A started network on a fake back end.
template <auto Offers>
struct networks {
  using network = xen::network;
  static constexpr duration a_while = 1s;

  explicit networks(const network_options& options = {}) : network_("network_0", domain.bus, options) {
    EXPECT_EQ(test::outcome(node.run(network_.start())), "ok");
  }
  ~networks() {
    node.run(network_.stop());
    EXPECT_EQ(domain.hypervisor.shared(), 0u) << "pages stay shared";
    EXPECT_EQ(domain.hypervisor.lost(), 0u) << "the back end still used them";
  }

  void run(task<> work) { node.run(std::move(work)); }
  network& device() { return network_; }
  fake_netback& machine() { return device_; }
  void inject(std::string_view frame) { device_.inject({.frame = std::string(frame)}); }
  std::vector<std::string> take_sent() {
    std::vector<std::string> frames;
    for (auto& each : device_.take_sent()) frames.push_back(std::move(each.frame));
    return frames;
  }
  void hold(bool held) { device_.hold(held); }

  test::fake_domain domain;
  test::virtual_node& node = domain.node;

 private:
  fake_netback device_{domain, Offers()};
  network network_;
};

using plain_network = networks<&fake_netback::plain>;
using full_network = networks<&fake_netback::all>;
MIRAGE_CONFORMANCE(network_suite, xen_plain, plain_network);
MIRAGE_CONFORMANCE(network_suite, xen, full_network);

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

result<void, v1::net_error> write(xen::network& to, const v1::transmit& how, std::string_view head,
                                  buffer_list slices = {}) {
  auto fill = [head](bytes room) noexcept {
    std::memcpy(room.data(), head.data(), head.size());
    return head.size();
  };
  return to.write(how, fill, std::move(slices));
}

// ---- What is agreed on ---------------------------------------------------------------------------------

TEST(xen_network, says_what_the_back_end_can) {
  full_network all;
  EXPECT_EQ(all.device().mac(), mac_address("00:16:3e:12:34:50"));
  const v1::capabilities can = all.device().capabilities();
  EXPECT_TRUE(can.transmit_checksum && can.receive_checksum && can.receive_coalescing);
  EXPECT_EQ(can.segment_bytes, 65417u);
  EXPECT_EQ(can.datagram_bytes, 0u);
  EXPECT_EQ(all.machine().offered_by_us("feature-gso-tcpv6"), "1");
  EXPECT_EQ(all.machine().offered_by_us("request-rx-copy"), "1");
  EXPECT_EQ(all.machine().offered_by_us("state"), "4");
  plain_network plain;
  EXPECT_FALSE(plain.device().capabilities().transmit_checksum);
  EXPECT_EQ(plain.device().capabilities().segment_bytes, 0u);
}

TEST(xen_network, refuses_what_makes_no_sense) {
  const std::vector<std::pair<fake_netback::offers, device_error>> cases{
      {{}, device_error::not_offered}, {{{"feature-rx-copy", "no"}}, device_error::not_offered}};
  for (const auto& [offers, expected] : cases) {
    test::fake_domain domain;
    fake_netback backend(domain, offers);
    xen::network network("network_0", domain.bus);
    EXPECT_EQ(test::error_of(domain.node.run(network.start())), expected);
    EXPECT_EQ(backend.offered_by_us("state"), "6");
    EXPECT_EQ(domain.hypervisor.shared(), 0u);
  }
  for (const auto& [key, value] : {std::pair("mac", "nonsense"), std::pair("mtu", "12")}) {
    test::fake_domain domain;
    fake_netback backend(domain);
    domain.daemon.set(backend.frontend_path() + "/" + key, value);
    xen::network network("network_0", domain.bus);
    EXPECT_EQ(test::error_of(domain.node.run(network.start())), device_error::bad_layout) << key;
  }
}

TEST(xen_network, without_a_device_or_an_answer_it_says_so) {
  test::fake_domain domain;
  {
    xen::network network("network_0", domain.bus);
    EXPECT_EQ(test::error_of(domain.node.run(network.start())), device_error::no_device);
  }
  fake_netback backend(domain);
  backend.silent = true;
  {
    xen::network network("network_0", domain.bus);
    EXPECT_EQ(test::error_of(domain.node.run(network.start())), device_error::no_answer);
  }
  EXPECT_EQ(domain.hypervisor.shared(), 0u);
  domain.connection.broken = true;
  xen::network network("network_0", domain.bus);
  EXPECT_EQ(test::error_of(domain.node.run(network.start())), device_error::no_xenstore);
}

TEST(xen_network, without_grants_it_does_not_start_and_keeps_nothing) {
  for (const unsigned grants : {0U, 1U, 2U, 100U, 200U}) {
    test::fake_domain domain;
    fake_netback backend(domain);
    domain.hypervisor.grants_left = grants;
    xen::network network("network_0", domain.bus);
    EXPECT_EQ(test::error_of(domain.node.run(network.start())), device_error::no_memory) << grants;
    EXPECT_EQ(domain.hypervisor.shared(), 0u);
  }
}

TEST(xen_network, several_are_taken_in_order_or_by_number) {
  test::fake_domain domain;
  fake_netback ten(domain, fake_netback::all(), 10);
  fake_netback two(domain, fake_netback::all(), 2);
  fake_netback three(domain, fake_netback::all(), 3);
  xen::network named("network_0", domain.bus, {.which = "3"});
  xen::network first("network_1", domain.bus);
  xen::network second("network_2", domain.bus);
  xen::network again("network_3", domain.bus, {.which = "3"});
  for (xen::network* const each : {&named, &first, &second})
    EXPECT_EQ(test::outcome(domain.node.run(each->start())), "ok");
  EXPECT_EQ(test::error_of(domain.node.run(again.start())), device_error::no_device);
  EXPECT_EQ(named.mac(), mac_address("00:16:3e:12:34:53"));
  EXPECT_EQ(first.mac(), mac_address("00:16:3e:12:34:52"));
  EXPECT_EQ(second.mac(), mac_address("00:16:3e:12:34:50"));
  for (xen::network* const each : {&named, &first, &second}) domain.node.run(each->stop());
}

// ---- Sending -------------------------------------------------------------------------------------------

TEST(xen_network, asks_for_checksums_and_segments) {
  full_network all;
  const std::string frame = make_frame(54) + test::pattern(60'000);
  buffer_list slices;
  slices.push_back(test::buffer_of(std::string_view(frame).substr(54)));
  const v1::transmit how{.header = 54,
                         .checksum_start = 34,
                         .checksum_offset = 16,
                         .segment = 1448,
                         .kind = v1::transmit::cut::tcp4};
  EXPECT_EQ(test::outcome(write(all.device(), how, frame.substr(0, 54), std::move(slices))), "ok");
  all.node.settle();
  const auto sent = all.machine().take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0].frame == frame);
  EXPECT_EQ(sent[0].flags & 3, 3);
  EXPECT_EQ(sent[0].extra, std::string("\1\0", 2) + field16(1448) + std::string("\1\0\0\0", 4));
  EXPECT_EQ(sent[0].pieces, 15u);
}

TEST(xen_network, the_longest_segmented_frame_fits) {
  full_network all;
  const std::size_t payload = all.device().capabilities().segment_bytes;
  const std::string frame = make_frame(118) + test::pattern(payload);
  buffer_list slices;
  slices.push_back(test::buffer_of(std::string_view(frame).substr(118)));
  const v1::transmit how{.header = 118, .segment = 1440, .kind = v1::transmit::cut::tcp6};
  EXPECT_EQ(test::outcome(write(all.device(), how, frame.substr(0, 118), std::move(slices))), "ok");
  all.node.settle();
  const auto sent = all.machine().take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0].frame == frame);
  EXPECT_EQ(sent[0].extra[4], '\2');
  const v1::transmit longer{.header = 119, .segment = 1440, .kind = v1::transmit::cut::tcp6};
  buffer_list more;
  more.push_back(buffer::allocate(payload));
  EXPECT_EQ(test::error_of(write(all.device(), longer, frame.substr(0, 119), std::move(more))),
            v1::net_error::too_long);
}

TEST(xen_network, a_head_longer_than_a_page_goes_out_whole) {
  full_network all;
  const std::string frame = make_frame(20'000);
  const v1::transmit how{.header = frame.size(), .segment = 1448, .kind = v1::transmit::cut::tcp4};
  EXPECT_EQ(test::outcome(write(all.device(), how, frame)), "ok");
  all.node.settle();
  const auto sent = all.machine().take_sent();
  ASSERT_EQ(sent.size(), 1u);
  EXPECT_TRUE(sent[0].frame == frame);
}

TEST(xen_network, one_doorbell_for_a_batch) {
  full_network all;
  for (unsigned i = 0; i < 50; ++i) EXPECT_TRUE(write(all.device(), {.header = 60}, make_frame(60, i)));
  all.node.settle();
  EXPECT_EQ(all.machine().take_sent().size(), 50u);
  EXPECT_EQ(counted(all.node, "network_doorbells_total", "network_0"), 1u);
}

TEST(xen_network, what_the_back_end_did_not_send_is_counted) {
  full_network all;
  all.machine().status = -1;
  EXPECT_TRUE(write(all.device(), {.header = 60}, make_frame(60)));
  all.node.settle();
  EXPECT_TRUE(write(all.device(), {.header = 60}, make_frame(60)));
  all.inject(make_frame(60));
  all.node.settle();
  EXPECT_EQ(counted(all.node, "network_dropped_total", "backend"), 2u);
}

// ---- Receiving -----------------------------------------------------------------------------------------

struct known_sink {
  void input(buffer&& frame, const v1::received& how) {
    frames.emplace_back(frame.text());
    known.push_back(how);
  }
  void batch_end() {}
  void writable() { ++writables; }
  void link_restored() { ++restored; }
  std::vector<std::string> frames;
  std::vector<v1::received> known;
  int writables = 0;
  unsigned restored = 0;
};

TEST(xen_network, puts_frames_together_and_knows_what_the_back_end_says) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  const std::string large = make_frame(54) + test::pattern(65'000);
  const std::string extra = std::string("\1\0", 2) + field16(1448) + std::string("\1\0\0\0", 4);
  all.machine().inject({.frame = large, .flags = 3, .extra = extra});
  all.machine().inject({.frame = make_frame(1500), .flags = 1, .piece = 700, .offset = 100});
  all.machine().inject({.frame = make_frame(100)});
  all.node.settle();
  ASSERT_EQ(sink.frames.size(), 3u);
  EXPECT_TRUE(sink.frames[0] == large);
  EXPECT_EQ(sink.known[0].segment, 1448);
  EXPECT_TRUE(sink.known[0].checksum_verified);
  EXPECT_TRUE(sink.frames[1] == make_frame(1500));
  EXPECT_TRUE(sink.known[1].checksum_verified);
  EXPECT_EQ(sink.known[1].segment, 0);
  EXPECT_TRUE(sink.frames[2] == make_frame(100));
  EXPECT_FALSE(sink.known[2].checksum_verified);
  EXPECT_EQ(counted(all.node, "network_merged_frames_total", "network_0"), 2u);
}

TEST(xen_network, passes_over_other_extra_information) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  all.machine().inject({.frame = make_frame(100), .extra = std::string("\4\0\1\1abcd", 8)});
  all.node.settle();
  EXPECT_EQ(sink.frames.size(), 1u);
}

TEST(xen_network, more_frames_than_pages_come_one_batch_behind_the_other) {
  full_network all(network_options{.receive_pages = 20, .batch = 7});
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  for (unsigned i = 0; i < 300; ++i) all.inject(make_frame(100 + i, i));
  all.node.settle();
  ASSERT_EQ(sink.frames.size(), 300u);
  for (unsigned i = 0; i < 300; ++i) EXPECT_TRUE(sink.frames[i] == make_frame(100 + i, i));
}

// ---- The other end goes away ---------------------------------------------------------------------------

TEST(xen_network, is_down_while_the_back_end_is_away_and_comes_back) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  for (int round = 1; round <= 3; ++round) {
    all.machine().go_away();
    all.node.settle();
    EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
    all.node.advance(2s);
    EXPECT_TRUE(all.machine().is_connected());
    EXPECT_EQ(sink.writables, round);
    EXPECT_TRUE(write(all.device(), {.header = 60}, make_frame(60)));
    all.inject(make_frame(61));
    all.node.settle();
    EXPECT_EQ(all.take_sent(), std::vector{make_frame(60)});
    EXPECT_EQ(sink.frames.size(), static_cast<std::size_t>(round));
  }
  EXPECT_EQ(counted(all.node, "xen_connections_total", "network_0"), 4u);
}

TEST(xen_network, is_unplugged_and_plugged_in_again) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  all.machine().unplug();
  all.node.advance(2s);
  EXPECT_EQ(all.machine().offered_by_us("state"), "6") << "the toolstack waits for this";
  EXPECT_EQ(all.domain.hypervisor.shared(), 0u);
  all.machine().remove();
  all.node.advance(2s);
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
  all.machine().plug_in();
  all.node.advance(2s);
  EXPECT_TRUE(write(all.device(), {.header = 60}, make_frame(60)));
  all.node.settle();
  EXPECT_EQ(all.take_sent(), std::vector{make_frame(60)});
}

TEST(xen_network, is_connected_anew_after_a_resume) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  all.machine().begin_anew();
  all.domain.hypervisor.resume();
  EXPECT_EQ(all.domain.hypervisor.shared(), 0u);
  all.domain.store.reconnect();
  EXPECT_EQ(sink.restored, 0u);
  all.node.advance(2s);
  EXPECT_EQ(sink.restored, 1u) << "so that it announces its addresses";
  EXPECT_TRUE(write(all.device(), {.header = 60}, make_frame(60)));
  all.inject(make_frame(61));
  all.node.settle();
  EXPECT_EQ(all.take_sent(), std::vector{make_frame(60)});
  EXPECT_EQ(sink.frames.size(), 1u);
}

TEST(xen_network, a_back_end_that_comes_back_with_less_is_not_used) {
  full_network all;
  all.domain.daemon.set(all.machine().backend_path() + "/feature-gso-tcpv4", "0");
  all.machine().go_away();
  all.node.advance(3s);
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
  EXPECT_EQ(all.machine().offered_by_us("state"), "6");
}

// ---- A back end that breaks the rules ------------------------------------------------------------------

struct broken_rule {
  const char* reason;
  void (*act)(fake_netback&);
};
class broken_rules : public testing::TestWithParam<broken_rule> {};
std::string response(std::uint16_t id, std::uint16_t offset, std::uint16_t flags, std::uint16_t status) {
  return field16(id) + field16(offset) + field16(flags) + field16(status);
}
void answer(fake_netback& from, const std::string& what) {
  from.receiving->put(what);
  static_cast<void>(from.receiving->show());
}

TEST_P(broken_rules, close_the_device) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  all.node.settle();
  GetParam().act(all.machine());
  all.machine().tell_frontend();
  all.node.settle();
  EXPECT_EQ(counted(all.node, "xen_faults_total", GetParam().reason), 1u);
  EXPECT_TRUE(sink.frames.empty());
  EXPECT_EQ(test::error_of(write(all.device(), {.header = 60}, make_frame(60))), v1::net_error::down);
  all.node.advance(3s);
  EXPECT_EQ(all.machine().offered_by_us("state"), "6");
  EXPECT_FALSE(all.machine().is_connected()) << "it is not used again";
  EXPECT_EQ(all.domain.hypervisor.shared(), 0u);
}
INSTANTIATE_TEST_SUITE_P(
    xen_network, broken_rules,
    testing::Values(broken_rule{"index_jumped", [](fake_netback& it) { it.receiving->set_index(300); }},
                    broken_rule{"index_jumped", [](fake_netback& it) { it.sending->set_index(1); }},
                    broken_rule{"id_out_of_range",
                                [](fake_netback& it) { answer(it, response(500, 0, 0, 60)); }},
                    broken_rule{"not_in_flight", [](fake_netback& it) { answer(it, response(1, 0, 0, 60)); }},
                    broken_rule{"bad_length", [](fake_netback& it) { answer(it, response(0, 4000, 0, 97)); }},
                    broken_rule{"bad_length", [](fake_netback& it) { answer(it, response(0, 65535, 0, 1)); }},
                    broken_rule{"bad_order",
                                [](fake_netback& it) {
                                  answer(it, response(0, 0, 8, 60));
                                  answer(it, std::string(8, '\0'));
                                }},
                    broken_rule{"bad_order", [](fake_netback& it) {
                                  for (std::uint16_t i = 0; i < 20; ++i) answer(it, response(i, 0, 4, 60));
                                }}));

TEST(xen_network, a_frame_that_failed_is_dropped) {
  full_network all;
  known_sink sink;
  const subscription listening = all.device().listen(sink);
  all.node.settle();
  static_cast<void>(all.machine().receiving->take());
  answer(all.machine(), response(0, 0, 0, 0xffff));
  all.machine().tell_frontend();
  all.node.settle();
  EXPECT_TRUE(sink.frames.empty());
  EXPECT_EQ(counted(all.node, "network_dropped_total", "malformed"), 1u);
  all.inject(make_frame(60));
  all.node.settle();
  EXPECT_EQ(sink.frames.size(), 1u);
}

}  // namespace
}  // namespace mirage
