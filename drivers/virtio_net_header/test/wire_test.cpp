// SPDX-License-Identifier: ISC
#include <mirage/virtio_net_header/wire.hpp>

#include <gtest/gtest.h>

#include <array>

namespace mirage {
namespace {

using header = virtio_net_header;

TEST(virtio_net_header, has_the_layout_of_the_specification) {
  const header made{.flags = 1,
                    .segmented = 5,
                    .header_length = 0x0102,
                    .segment = 0x0304,
                    .checksum_start = 0x0506,
                    .checksum_offset = 0x0708};
  std::array<std::byte, header::size> bytes{};
  store(made, bytes);
  constexpr std::array<unsigned char, header::size> wanted{1, 5, 2, 1, 4, 3, 6, 5, 8, 7};
  for (std::size_t i = 0; i < wanted.size(); ++i) EXPECT_EQ(std::to_integer<int>(bytes[i]), wanted[i]) << i;
  EXPECT_EQ(load_virtio_net_header(bytes), made);
}

TEST(virtio_net_header, says_what_the_sender_wants) {
  EXPECT_EQ(header_of({.header = 60}, 54), header{});
  EXPECT_EQ(header_of({.header = 60, .checksum_start = 34, .checksum_offset = 16}, 54),
            (header{.flags = header::needs_checksum, .checksum_start = 34, .checksum_offset = 16}));
  const v1::transmit large{.header = 60,
                           .checksum_start = 34,
                           .checksum_offset = 16,
                           .segment = 1460,
                           .kind = v1::transmit::cut::tcp4};
  EXPECT_EQ(header_of(large, 54), (header{.flags = header::needs_checksum,
                                          .segmented = header::tcp4,
                                          .header_length = 54,
                                          .segment = 1460,
                                          .checksum_start = 34,
                                          .checksum_offset = 16}));
}

TEST(virtio_net_header, says_what_is_known_of_a_frame) {
  const auto plain = received_of({}, 60);
  ASSERT_TRUE(plain);
  EXPECT_FALSE(plain->checksum_verified);
  EXPECT_EQ(plain->segment, 0);
  EXPECT_TRUE(received_of({.flags = header::data_valid}, 60)->checksum_verified);
  const header partial{.flags = header::needs_checksum, .checksum_start = 34, .checksum_offset = 16};
  EXPECT_TRUE(received_of(partial, 52)->checksum_verified);
  EXPECT_FALSE(received_of(partial, 51)) << "the checksum would lie behind the end";
}

TEST(virtio_net_header, tells_the_segments_of_what_was_coalesced) {
  for (const std::uint8_t kind : {header::tcp4, header::tcp6, header::udp}) {
    EXPECT_EQ(received_of({.segmented = kind, .segment = 1448}, 9000)->segment, 1448);
    EXPECT_FALSE(received_of({.segmented = kind}, 9000)) << "segments of nothing";
  }
  EXPECT_EQ(received_of({.segmented = header::tcp4 | header::ecn, .segment = 1448}, 9000)->segment, 1448);
  EXPECT_FALSE(received_of({.segmented = header::udp_fragments, .segment = 1448}, 9000));
  EXPECT_FALSE(received_of({.segmented = 99, .segment = 1448}, 9000));
}

}  // namespace
}  // namespace mirage
