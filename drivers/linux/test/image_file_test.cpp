// SPDX-License-Identifier: ISC
#include <mirage/linux/image_file.hpp>

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <cstring>
#include <vector>

namespace mirage {
namespace {

constexpr std::array<unsigned char, 5000> data = [] {
  std::array<unsigned char, 5000> made{};
  for (std::size_t i = 0; i < made.size(); ++i) made[i] = static_cast<unsigned char>(i * 31);
  return made;
}();
std::array<std::byte, 100> changing{};

TEST(image_file, finds_read_only_data_where_the_file_has_it) {
  const image_file image;
  const cbytes part = std::as_bytes(std::span(data)).subspan(7, 4000);
  const auto place = image.offset_of(part);
  ASSERT_TRUE(place);
  std::vector<std::byte> read(part.size());
  ASSERT_EQ(::pread(image.descriptor(), read.data(), read.size(), static_cast<off_t>(*place)), 4000);
  EXPECT_EQ(std::memcmp(read.data(), part.data(), part.size()), 0);
}

TEST(image_file, finds_nothing_else) {
  const image_file image;
  const std::vector<std::byte> heap(100);
  const std::array<std::byte, 100> stack{};
  EXPECT_FALSE(image.offset_of(heap));
  EXPECT_FALSE(image.offset_of(stack));
  EXPECT_FALSE(image.offset_of(changing));
  EXPECT_FALSE(image.offset_of(cbytes(std::as_bytes(std::span(data)).data(), SIZE_MAX / 2)))
      << "longer than the image";
}

}  // namespace
}  // namespace mirage
