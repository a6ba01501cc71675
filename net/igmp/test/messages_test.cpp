// SPDX-License-Identifier: ISC
#include "mirage/igmp/messages.hpp"

#include <gtest/gtest.h>

#include <array>
#include <vector>

#include "mirage/checksum.hpp"
#include "mirage/core/endian.hpp"

namespace mirage {
namespace {

constexpr ipv4_address group = "239.1.2.3";

std::vector<std::byte> message(std::uint8_t type, std::uint8_t code, ipv4_address about, std::size_t size) {
  std::vector<std::byte> made(size);
  made[0] = std::byte{type};
  made[1] = std::byte{code};
  about.store(&made[4]);
  store_be16(&made[2], checksum::finish(checksum::sum_of(made)));
  return made;
}

TEST(igmp_messages, rfc3376_7_1_the_version_of_a_query_is_known_by_its_length) {
  const auto one = read_igmp(message(0x11, 0, {}, 8));
  EXPECT_EQ(one.kind, igmp_kind::query);
  EXPECT_EQ(one.version, igmp_version::one);
  EXPECT_EQ(one.response_time, 10s);
  const auto two = read_igmp(message(0x11, 25, group, 8));
  EXPECT_EQ(two.version, igmp_version::two);
  EXPECT_EQ(two.group, group);
  EXPECT_EQ(two.response_time, 2500ms);
  const auto three = read_igmp(message(0x11, 25, group, 12));
  EXPECT_EQ(three.version, igmp_version::three);
  EXPECT_EQ(three.response_time, 2500ms);
  EXPECT_EQ(read_igmp(message(0x11, 25, group, 16)).kind, igmp_kind::query) << "with a source";
  for (const std::size_t size : {9u, 10u, 11u})
    EXPECT_EQ(read_igmp(message(0x11, 25, group, size)).kind, igmp_kind::malformed) << size;
}

TEST(igmp_messages, rfc3376_4_1_1_long_times_have_an_exponent) {
  EXPECT_EQ(read_igmp(message(0x11, 127, {}, 12)).response_time, 12700ms);
  EXPECT_EQ(read_igmp(message(0x11, 0x80, {}, 12)).response_time, 12800ms);
  EXPECT_EQ(read_igmp(message(0x11, 0xff, {}, 12)).response_time, 3174400ms);
  EXPECT_EQ(read_igmp(message(0x11, 0xff, {}, 8)).response_time, 25500ms) << "not in version 2";
}

TEST(igmp_messages, what_cannot_be_is_dropped) {
  EXPECT_EQ(read_igmp({}).kind, igmp_kind::malformed);
  EXPECT_EQ(read_igmp(message(0x11, 1, "10.0.0.1", 12)).kind, igmp_kind::malformed) << "no group";
  EXPECT_EQ(read_igmp(message(0x16, 0, "10.0.0.1", 8)).kind, igmp_kind::malformed);
  auto bad = message(0x11, 1, {}, 12);
  bad[11] = std::byte{1};
  EXPECT_EQ(read_igmp(bad).kind, igmp_kind::bad_checksum) << "it covers all of the message";
  EXPECT_EQ(read_igmp(message(0x77, 0, {}, 8)).kind, igmp_kind::other);
  EXPECT_EQ(read_igmp(message(0x17, 0, group, 8)).kind, igmp_kind::other);
}

TEST(igmp_messages, reports_are_written_as_they_are_read) {
  std::array<std::byte, 64> room;
  room.fill(std::byte{0xee});
  const std::size_t size = write_igmp_message(room, igmp_type::report_2, group);
  const auto read = read_igmp(cbytes(room).first(size));
  EXPECT_EQ(read.kind, igmp_kind::report);
  EXPECT_EQ(read.group, group);

  group_report records;
  records.push_back({group_record_type::to_exclude, group});
  records.push_back({group_record_type::to_include, ipv4_address("239.9.9.9")});
  room.fill(std::byte{0xee});
  const std::size_t all = write_igmp_report(room, records);
  ASSERT_EQ(all, igmp_report_size(records));
  EXPECT_EQ(checksum::sum_of(cbytes(room).first(all)), checksum::verified);
  EXPECT_EQ(load_be16(&room[6]), 2);
  EXPECT_EQ(room[8], std::byte{4});
  EXPECT_EQ(load_be16(&room[10]), 0) << "no sources";
  EXPECT_EQ(ipv4_address::load(&room[12]), group);
  EXPECT_EQ(room[16], std::byte{3});
}

}  // namespace
}  // namespace mirage
