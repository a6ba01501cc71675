// SPDX-License-Identifier: ISC
#include "mirage/dhcp/message_writer.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <string>

namespace mirage {
namespace {

const std::array<std::byte, 6> mac{std::byte{2}, {}, {}, {}, {}, std::byte{1}};
const dhcp_header header{.operation = dhcp_operation::reply,
                         .hardware_address = mac,
                         .transaction = 0x01020304,
                         .seconds = 5,
                         .flags = dhcp_message::broadcast_flag,
                         .client_address = "10.0.0.1",
                         .your_address = "10.0.0.2",
                         .next_server = "10.0.0.3",
                         .relay = "10.0.0.4"};

TEST(dhcp_message_writer, the_fixed_part_is_read_back) {
  std::array<std::byte, 300> room;
  dhcp_message_writer writer(room, header);
  EXPECT_TRUE(writer.add(dhcp_message_type::offer));
  ASSERT_EQ(writer.finish(), 300u);
  const auto message = dhcp_message::of(room);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->operation(), dhcp_operation::reply);
  EXPECT_EQ(message->transaction(), 0x01020304u);
  EXPECT_EQ(message->seconds(), 5);
  EXPECT_TRUE(message->wants_broadcast());
  EXPECT_EQ(message->client_address(), ipv4_address("10.0.0.1"));
  EXPECT_EQ(message->your_address(), ipv4_address("10.0.0.2"));
  EXPECT_EQ(message->next_server(), ipv4_address("10.0.0.3"));
  EXPECT_EQ(message->relay(), ipv4_address("10.0.0.4"));
  EXPECT_EQ(message->mac(), mac_address("02:00:00:00:00:01"));
  EXPECT_EQ(dhcp_options::of(*message)->type(), dhcp_message_type::offer);
}

TEST(dhcp_message_writer, what_does_not_fit_goes_to_the_other_fields) {
  std::array<std::byte, 300> room;
  dhcp_message_writer writer(room, header);
  const std::string first(50, 'a');
  const std::string second(100, 'b');
  const std::string third(60, 'c');
  EXPECT_TRUE(writer.add(dhcp_option::host_name, first));
  EXPECT_TRUE(writer.add(dhcp_option::domain_name, second));
  EXPECT_TRUE(writer.add(dhcp_option::message, third));
  EXPECT_FALSE(writer.add(dhcp_option::vendor_class, third));
  ASSERT_EQ(writer.finish(), 300u);
  const auto options = dhcp_options::of(*dhcp_message::of(room));
  ASSERT_TRUE(options);
  std::array<std::byte, 300> joined;
  EXPECT_EQ(options->text(dhcp_option::host_name, joined), first);
  EXPECT_EQ(options->text(dhcp_option::domain_name, joined), second);
  EXPECT_EQ(options->text(dhcp_option::message, joined), third);
  EXPECT_FALSE(options->has(dhcp_option::vendor_class));
}

TEST(dhcp_message_writer, long_values_are_cut_and_joined_again) {
  for (const std::size_t size : {0U, 1U, 254U, 255U, 256U, 510U, 511U, 900U}) {
    std::array<std::byte, 1400> room;
    dhcp_message_writer writer(room, header);
    std::string value(size, 'x');
    for (std::size_t i = 0; i < size; ++i) value[i] = static_cast<char>('a' + i % 26);
    EXPECT_TRUE(writer.add(dhcp_option::message, value));
    const std::size_t length = writer.finish();
    const auto options = dhcp_options::of(*dhcp_message::of(cbytes(room).first(length)));
    ASSERT_TRUE(options);
    std::array<std::byte, 1024> joined;
    EXPECT_EQ(options->text(dhcp_option::message, joined), value);
  }
}

TEST(dhcp_message_writer, what_must_be_last_is_last) {
  std::array<std::byte, 300> room;
  const std::string relay("\x52\x02\x01\x00", 4);
  dhcp_message_writer writer(room, header, as_bytes(relay));
  EXPECT_TRUE(writer.add(dhcp_option::domain_name, std::string(120, 'b')));
  EXPECT_TRUE(writer.add(dhcp_option::host_name, std::string(40, 'a')));
  ASSERT_EQ(writer.finish(), 300u);
  const std::string written(as_text(room));
  EXPECT_EQ(written.find(relay + '\xff'), 240u + 3u) << "behind option overload";
  EXPECT_TRUE(dhcp_options::of(*dhcp_message::of(room))->has(dhcp_option::relay_information));
}

TEST(dhcp_message_writer, routes_are_read_back) {
  std::array<std::byte, 300> room;
  dhcp_message_writer writer(room, header);
  const std::array<dhcp_route, 3> routes{dhcp_route{ipv4_prefix("0.0.0.0/0"), "10.0.0.1"},
                                         {ipv4_prefix("10.9.0.0/17"), {}},
                                         {ipv4_prefix("10.8.1.1/32"), "10.0.0.3"}};
  EXPECT_TRUE(writer.add(routes));
  static_cast<void>(writer.finish());
  const auto options = dhcp_options::of(*dhcp_message::of(room));
  std::array<std::byte, 300> joined;
  dhcp_routes read;
  ASSERT_TRUE(read_classless_routes(*options->find(dhcp_option::classless_routes, joined), read));
  EXPECT_TRUE(std::ranges::equal(read, routes));
}

}  // namespace
}  // namespace mirage
