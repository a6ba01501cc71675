// SPDX-License-Identifier: ISC
// In the steady state a received and a sent datagram take no memory and no coroutine frame: every `operator
// new` of this program is counted, and the pools of the node do not grow.
#include <gtest/gtest.h>

#include "mirage/test/allocations.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "mirage/test/virtual_node.hpp"
#include "quiet_network.hpp"

namespace mirage {
namespace {

constexpr ipv4_address ours = "10.0.0.1";
constexpr ipv4_address theirs = "10.0.0.2";
constexpr ipv4_prefix our_address = "10.0.0.1/24";
constexpr mac_address other = "02:00:00:00:00:02";

/// A host that answers each datagram to port 7 with itself.
struct echoing {
  explicit echoing(v1::capabilities device) : network(device), host(network, {.address = our_address}) {
    const auto started = node.run(host.ipv4_layer.start());
    require(started.has_value(), "the host does not start");
    network.receive(test::buffer_of(test::raw(network.mac()) + test::raw(other) + test::raw(ethertype::arp) +
                                    test::arp_packet(1, other, theirs, {}, ours)));
    auto serving = host.udp_layer.listen({{}, 7}, [this](v1::datagram&& came) noexcept {
      const cbytes payload = came.payload.view();
      auto fill = [payload](bytes to) noexcept {
        std::ranges::copy(payload, to.begin());
        return payload.size();
      };
      answered +=
          host.udp_layer.write({.destination = came.source, .source = came.destination}, payload.size(), fill)
              ? 1
              : 0;
    });
    require(serving.has_value(), "the port is taken");
    listening = *std::move(serving);
    node.settle();
  }

  buffer question(std::size_t size) {
    buffer frame = buffer::allocate(14 + 20 + 8 + size);
    const bytes all = frame.writable();
    ethernet_header::write(all, network.mac(), other, ethertype::ipv4);
    ipv4_header::write(all.subspan(14), {.source = theirs,
                                         .destination = ours,
                                         .protocol = 17,
                                         .ttl = 64,
                                         .total_length = static_cast<std::uint16_t>(28 + size)});
    udp_header::write(all.subspan(34), 1234, 7, static_cast<std::uint16_t>(8 + size), 0);
    std::ranges::fill(all.subspan(42), std::byte{0x5a});
    const std::uint16_t sum =
        checksum::add(checksum::pseudo_header(theirs, ours, 17, static_cast<std::uint32_t>(8 + size)),
                      checksum::sum_of(all.subspan(34)));
    store_be16(&all[40], checksum::finish_not_zero(sum));
    return frame;
  }

  test::virtual_node node;
  test::quiet_network network;
  test::direct_host<test::quiet_network> host;
  subscription listening;
  std::size_t answered = 0;
};

void expect_no_memory(v1::capabilities device, std::size_t batch) {
  echoing on(device);
  const auto round = [&] {
    for (std::size_t i = 0; i < batch; ++i) on.network.receive_without_end(on.question(100));
    on.network.end_batch();
    on.node.settle();
  };
  for (int i = 0; i < 100; ++i) round();
  const std::size_t before = test::allocations();
  const std::size_t answered = on.answered;
  const std::uint64_t growths = on.node.buffers.growths();
  const std::size_t reserved = on.node.frames.reserved();
  for (int i = 0; i < 10'000; ++i) round();
  EXPECT_EQ(test::allocations() - before, 0u);
  EXPECT_EQ(on.answered - answered, 10'000 * batch);
  EXPECT_EQ(on.node.buffers.growths(), growths);
  EXPECT_EQ(on.node.frames.reserved(), reserved);
}

TEST(steady_state, an_echo_takes_no_memory) { expect_no_memory({}, 1); }

TEST(steady_state, an_echo_takes_no_memory_with_checksums_by_the_device) {
  expect_no_memory({.transmit_checksum = true}, 32);
}

TEST(steady_state, echoes_that_leave_together_take_no_memory) {
  expect_no_memory({.slices = 16, .datagram_bytes = 60'000, .transmit_checksum = true}, 32);
}

TEST(steady_state, an_echo_is_right_from_the_first_byte_to_the_last) {
  echoing on({});
  on.network.receive(on.question(100));
  const buffer question = on.question(100);
  const cbytes answer = on.network.last();
  ASSERT_EQ(answer.size(), question.size());
  const auto header = ipv4_header::of(answer.subspan(14));
  ASSERT_TRUE(header && header->is_checksum_right());
  EXPECT_EQ(header->fields().source, ours);
  EXPECT_EQ(header->fields().destination, theirs);
  EXPECT_EQ(
      checksum::add(checksum::pseudo_header(ours, theirs, 17, 108), checksum::sum_of(answer.subspan(34))),
      checksum::verified);
  EXPECT_EQ(as_text(answer.subspan(42)), question.text().substr(42));
}

TEST(steady_state, answers_of_one_batch_leave_as_one_packet) {
  echoing on({.slices = 16, .datagram_bytes = 60'000, .transmit_checksum = true});
  const std::size_t before = on.network.sent();
  for (int i = 0; i < 32; ++i) on.network.receive_without_end(on.question(100));
  EXPECT_EQ(on.network.sent(), before);
  on.network.end_batch();
  EXPECT_EQ(on.network.sent(), before + 1);
  EXPECT_EQ(on.network.how().segment, 100);
  EXPECT_EQ(on.network.how().checksum_start, 34);
  EXPECT_EQ(on.network.last().size(), 42u + 3200);
}

}  // namespace
}  // namespace mirage
