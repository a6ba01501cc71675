// SPDX-License-Identifier: ISC
#include <mirage/core/bytes.hpp>

#include <gtest/gtest.h>

namespace mirage {
namespace {

TEST(bytes, a_text_and_its_bytes_are_the_same_memory) {
  const std::string_view text = "abc\0d";
  const cbytes data = as_bytes(text);
  EXPECT_EQ(data.size(), text.size());
  EXPECT_EQ(static_cast<const void*>(data.data()), static_cast<const void*>(text.data()));
  EXPECT_EQ(as_text(data).data(), text.data());
  EXPECT_EQ(as_text(data), text);
}

TEST(bytes, empty_stays_empty) {
  EXPECT_TRUE(as_bytes("").empty());
  EXPECT_TRUE(as_text({}).empty());
}

}  // namespace
}  // namespace mirage
