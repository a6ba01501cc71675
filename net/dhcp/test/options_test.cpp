// SPDX-License-Identifier: ISC
#include "mirage/dhcp/options.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mirage {
namespace {

/// A message whose fixed part is empty, with these options.
std::string message_with(const std::string& options) {
  std::string made(dhcp_message::options_offset, '\0');
  made[0] = 2;
  made[1] = 1;
  made[2] = 6;
  made[236] = '\x63';
  made[237] = '\x82';
  made[238] = '\x53';
  made[239] = '\x63';
  return made + options;
}

std::string option(unsigned code, const std::string& value) {
  return std::string{static_cast<char>(code), static_cast<char>(value.size())} + value;
}

const std::string end = "\xff";

std::optional<dhcp_options> parse(const std::string& message) {
  const auto fixed = dhcp_message::of(as_bytes(message));
  if (!fixed) return std::nullopt;
  return dhcp_options::of(*fixed);
}

TEST(dhcp_message, what_is_no_message_is_refused) {
  const std::string good = message_with(end);
  EXPECT_TRUE(dhcp_message::of(as_bytes(good)));
  EXPECT_FALSE(dhcp_message::of(as_bytes(good).first(239)));
  EXPECT_FALSE(dhcp_message::of({}));
  for (const auto& [at, value] : {std::pair<std::size_t, char>{0, 0}, {0, 3}, {2, 17}, {236, 0}, {239, 0}}) {
    std::string bad = good;
    bad[at] = value;
    EXPECT_FALSE(dhcp_message::of(as_bytes(bad))) << at;
  }
}

TEST(dhcp_options, values_are_found_behind_padding) {
  const std::string message =
      message_with(std::string(3, '\0') + option(53, "\x05") + option(1, std::string("\xff\xff\xff\0", 4)) +
                   option(12, "name") + end + option(15, "behind the end"));
  const auto options = parse(message);
  ASSERT_TRUE(options);
  std::array<std::byte, 64> room;
  EXPECT_EQ(options->type(), dhcp_message_type::ack);
  EXPECT_EQ(options->address(dhcp_option::subnet_mask), ipv4_address("255.255.255.0"));
  EXPECT_EQ(options->text(dhcp_option::host_name, room), "name");
  EXPECT_FALSE(options->has(dhcp_option::domain_name));
  EXPECT_FALSE(options->number32(dhcp_option::lease_time));
}

TEST(dhcp_options, a_missing_end_is_forgiven_and_a_cut_option_is_not) {
  EXPECT_TRUE(parse(message_with(option(12, "name"))));
  EXPECT_TRUE(parse(message_with("")));
  EXPECT_FALSE(parse(message_with("\x0c")));
  EXPECT_FALSE(parse(message_with("\x0c\x05name")));
  EXPECT_FALSE(parse(message_with("\x0c\xff")));
}

TEST(dhcp_options, a_value_of_the_wrong_length_is_not_there) {
  const std::string message = message_with(option(53, "\x05\x05") + option(51, "abc") + option(26, "a") +
                                           option(6, "abcde") + option(3, "") + end);
  const auto options = parse(message);
  ASSERT_TRUE(options);
  EXPECT_EQ(options->type(), dhcp_message_type::none);
  EXPECT_FALSE(options->number32(dhcp_option::lease_time));
  EXPECT_FALSE(options->number16(dhcp_option::interface_mtu));
  EXPECT_TRUE(options->addresses<4>(dhcp_option::name_servers).empty());
  EXPECT_TRUE(options->addresses<4>(dhcp_option::routers).empty());
}

TEST(dhcp_options, unknown_message_types_are_none) {
  EXPECT_EQ(parse(message_with(option(53, "\x09") + end))->type(), dhcp_message_type::none);
  EXPECT_EQ(parse(message_with(end))->type(), dhcp_message_type::none);
}

TEST(dhcp_options, addresses_that_no_host_can_have_are_left_out_and_the_rest_is_capped) {
  const std::string message = message_with(
      option(6,
             std::string("\0\0\0\0\x7f\0\0\1\xe0\0\0\1\xff\xff\xff\xff\x0a\0\0\1\x0a\0\0\2\x0a\0\0\3", 28)) +
      end);
  const auto found = parse(message)->addresses<2>(dhcp_option::name_servers);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0], ipv4_address("10.0.0.1"));
  EXPECT_EQ(found[1], ipv4_address("10.0.0.2"));
}

TEST(dhcp_options, zeros_at_the_end_of_a_text_are_dropped) {
  const std::string message =
      message_with(option(12, std::string("name\0\0", 6)) + option(15, std::string(2, '\0')));
  std::array<std::byte, 64> room;
  EXPECT_EQ(parse(message)->text(dhcp_option::host_name, room), "name");
  EXPECT_EQ(parse(message)->text(dhcp_option::domain_name, room), "");
}

TEST(dhcp_options, pieces_are_joined_over_all_fields_in_order) {
  std::string message = message_with(option(15, "one.") + option(52, "\x03") + option(15, "two.") + end);
  message.replace(108, 8, option(15, "three."));
  message[116] = '\xff';
  message.replace(44, 6, option(15, "four"));
  message[50] = '\xff';
  std::array<std::byte, 64> room;
  EXPECT_EQ(parse(message)->text(dhcp_option::domain_name, room), "one.two.three.four");
  std::array<std::byte, 10> too_small;
  EXPECT_FALSE(parse(message)->find(dhcp_option::domain_name, too_small));
}

TEST(dhcp_options, fields_that_are_not_overloaded_are_not_read) {
  std::string message = message_with(option(52, "\x01") + end);
  message.replace(44, 6, option(15, "four"));
  EXPECT_FALSE(parse(message)->has(dhcp_option::domain_name));
  message.replace(108, 2, "\x0c\xf0");
  EXPECT_FALSE(parse(message)) << "a malformed field spoils the message";
}

TEST(dhcp_options, overload_inside_of_an_overloaded_field_means_nothing) {
  std::string message = message_with(option(52, "\x01") + end);
  message.replace(108, 3, option(52, "\x02"));
  message.replace(44, 6, option(15, "four"));
  EXPECT_FALSE(parse(message)->has(dhcp_option::domain_name));
}

TEST(classless_routes, the_examples_of_the_specification) {
  const std::string value(
      "\x20\x0a\x00\x00\x05\x0a\0\0\1"  // 10.0.0.5/32
      "\x18\x0a\x11\x01\x0a\0\0\1"      // 10.17.1.0/24
      "\x11\xac\x10\x80\x0a\0\0\1"      // 172.16.128.0/17
      "\x00\x0a\0\0\2"                  // the default route
      "\x10\xa9\xfe\0\0\0\0",           // on the link
      9 + 8 + 8 + 5 + 7);
  dhcp_routes routes;
  ASSERT_TRUE(read_classless_routes(as_bytes(value), routes));
  ASSERT_EQ(routes.size(), 5u);
  EXPECT_EQ(routes[0].to, ipv4_prefix("10.0.0.5/32"));
  EXPECT_EQ(routes[1].to, ipv4_prefix("10.17.1.0/24"));
  EXPECT_EQ(routes[2].to, ipv4_prefix("172.16.128.0/17"));
  EXPECT_EQ(routes[3], (dhcp_route{ipv4_prefix("0.0.0.0/0"), "10.0.0.2"}));
  EXPECT_EQ(routes[4], (dhcp_route{ipv4_prefix("169.254.0.0/16"), {}}));
}

TEST(classless_routes, malformed_values_are_refused) {
  dhcp_routes routes;
  for (const std::string& bad : std::vector<std::string>{
           "", "\x21\x0a\x01\x01\x01\x01\x0a\x01\x01\x01", "\x20\x0a\x01\x01\x01\x0a\x01\x01",
           std::string(4, '\0'), std::string("\0\x0a\x01\x01\x01\x08", 6)}) {
    EXPECT_FALSE(read_classless_routes(as_bytes(bad), routes)) << bad.size();
  }
}

TEST(classless_routes, bits_behind_the_prefix_are_cleared_and_too_many_are_left_out) {
  std::string value;
  for (int i = 0; i < 40; ++i) value += std::string("\x09\x0a\xff\x0a\0\0\1", 7);
  dhcp_routes routes;
  ASSERT_TRUE(read_classless_routes(as_bytes(value), routes));
  EXPECT_EQ(routes.size(), most_dhcp_routes);
  EXPECT_EQ(routes[0].to, ipv4_prefix("10.128.0.0/9"));
}

TEST(dhcp_name, only_what_a_shell_could_be_given) {
  for (const char* good : {"a", "host-1", "a.b.example", "example.org.", "_tcp.example", "1.2"})
    EXPECT_TRUE(is_dhcp_name(good)) << good;
  for (const char* bad : {"", ".", "a..b", ".a", "-a", "a b", "a;reboot", "$(x)", "a/b", "\n", "a\xc3\xa4"})
    EXPECT_FALSE(is_dhcp_name(bad)) << bad;
  EXPECT_TRUE(is_dhcp_name(std::string(63, 'a')));
  EXPECT_FALSE(is_dhcp_name(std::string(64, 'a')));
}

}  // namespace
}  // namespace mirage
