// SPDX-License-Identifier: ISC
#include "mirage/ethernet.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/test/suites/ethernet_suite.hpp"
#include "wired_subject.hpp"

namespace mirage {
namespace {

using device = ethernet<memory::network>;
static_assert(v1::ethernet<device>);

struct subject : test::wired_subject {
  using ethernet = mirage::ethernet<memory::network>;
  ethernet& device() { return ethernet_; }

 private:
  ethernet ethernet_{"ethernet", near};
};
MIRAGE_CONFORMANCE(ethernet_suite, net, subject);

constexpr mac_address other = "02:00:00:00:00:99";

struct tagged : test::wired_subject {
  device ethernet{"ethernet", near, {.vlan = 7}};
  test::recording_layers up;

  void input(std::string_view tag_and_payload) {
    ethernet.input(test::buffer_of(test::raw(near.mac()) + test::raw(other) + std::string(tag_and_payload)),
                   {}, up);
  }
};

TEST(ethernet, a_vlan_is_sent_with_its_tag) {
  tagged on;
  auto sent = on.ethernet.write(other, ethertype::ipv4, {.header = 7}, test::fill_with("payload"), {});
  EXPECT_EQ(test::outcome(sent), "ok");
  on.node.settle();
  const std::string tag("\x81\x00\x00\x07\x08\x00", 6);
  EXPECT_EQ(on.take_sent(),
            std::vector<std::string>{test::raw(other) + test::raw(on.near.mac()) + tag + "payload"});
}

TEST(ethernet, a_vlan_hears_only_itself_at_any_priority) {
  tagged on;
  on.input({"\x81\x00\x00\x07\x08\x00yes", 9});
  on.input({"\x81\x00\xe0\x07\x08\x00prio", 10});
  on.input({"\x81\x00\x00\x08\x08\x00no", 8});
  on.input({"\x81\x00\x00\x00\x08\x00no", 8});
  on.input({"\x08\x00no", 4});
  on.input({"\x81\x00\x00\x07\x81\x00\x00\x07\x08\x00no", 12});
  on.input({"\x81\x00\x00\x07\x08", 5});
  EXPECT_EQ(on.up.calls, (std::vector<std::string>{"ipv4 yes", "ipv4 prio"}));
}

TEST(ethernet, without_a_vlan_a_tag_with_a_priority_only_is_ignored) {
  test::wired_subject wire;
  device ethernet{"ethernet", wire.near};
  test::recording_layers up;
  const std::string header = test::raw(wire.near.mac()) + test::raw(other);
  ethernet.input(test::buffer_of(header + std::string("\x81\x00\x60\x00\x08\x06yes", 9)), {}, up);
  ethernet.input(test::buffer_of(header + std::string("\x81\x00\x00\x07\x08\x06no", 8)), {}, up);
  EXPECT_EQ(up.calls, std::vector<std::string>{"arp yes"});
}

TEST(ethernet, the_tag_is_taken_from_the_mtu) {
  tagged on;
  EXPECT_EQ(on.ethernet.capabilities().mtu, 1496u);
  const std::string longest(1496, 'x');
  EXPECT_EQ(test::outcome(on.ethernet.write(other, 0x0800, {.header = 1496}, test::fill_with(longest), {})),
            "ok");
  auto refused = on.ethernet.write(other, 0x0800, {.header = 1497}, test::fill_with(longest), {});
  EXPECT_EQ(test::error_of(refused), v1::net_error::too_long);
}

TEST(ethernet, a_group_does_not_send) {
  test::wired_subject wire;
  device ethernet{"ethernet", wire.near};
  test::recording_layers up;
  const std::string header = test::raw(wire.near.mac()) + test::raw(mac_address("01:00:5e:00:00:01"));
  ethernet.input(test::buffer_of(header + std::string("\x08\x00no", 4)), {}, up);
  EXPECT_TRUE(up.calls.empty());
}

/// A network that only notes what is asked of it.
struct noting_network {
  noting_network() = default;
  noting_network(noting_network&&) = delete;
  static std::string_view name() noexcept { return "network"; }
  static mac_address mac() noexcept { return "02:00:00:00:00:01"; }
  static v1::capabilities capabilities() noexcept {
    return {.segment_bytes = 65535, .datagram_bytes = 65535, .transmit_checksum = true};
  }
  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill, const buffer_list&) {
    asked = how;
    return {};
  }
  template <v1::network_sink Sink>
  static subscription listen(Sink&) {
    return {};
  }
  v1::transmit asked;
};

TEST(ethernet, offsets_move_by_the_header) {
  test::virtual_node node;
  noting_network network;
  ethernet<noting_network> plain{"ethernet", network};
  const v1::transmit how{.header = 28, .checksum_start = 20, .checksum_offset = 6, .segment = 100};
  EXPECT_TRUE(plain.write(other, 0x0800, how, test::fill_with(""), {}).has_value());
  EXPECT_EQ(network.asked.header, 42u);
  EXPECT_EQ(network.asked.checksum_start, 34);
  EXPECT_EQ(network.asked.checksum_offset, 6);
  EXPECT_EQ(network.asked.segment, 100);
  EXPECT_EQ(plain.capabilities(), network.capabilities());

  ethernet<noting_network> on_vlan{"ethernet", network, {.vlan = 1}};
  EXPECT_TRUE(on_vlan.write(other, 0x0800, {.header = 28}, test::fill_with(""), {}).has_value());
  EXPECT_EQ(network.asked.header, 46u);
  EXPECT_EQ(network.asked.checksum_start, 0) << "there was no request";
  EXPECT_EQ(on_vlan.capabilities().segment_bytes, 0u);
  EXPECT_EQ(on_vlan.capabilities().datagram_bytes, 0u);
}

}  // namespace
}  // namespace mirage
