// SPDX-License-Identifier: ISC
#include "mirage/http/media_type.hpp"

#include <gtest/gtest.h>

namespace mirage::http {
namespace {

TEST(MediaType, FollowsTheExtension) {
  EXPECT_EQ(media_type("index.html"), "text/html; charset=utf-8");
  EXPECT_EQ(media_type("a/b.c/LOGO.SVG"), "image/svg+xml");
  EXPECT_EQ(media_type("app.min.js"), "text/javascript; charset=utf-8");
  EXPECT_EQ(media_type("x.7z"), "application/x-7z-compressed");
  EXPECT_EQ(media_type("x.zst"), "application/zstd");
}

TEST(MediaType, IsBytesWhereNothingIsKnown) {
  for (std::string_view name :
       {"", ".", "README", "a.unknown", "dir.html/file", "a.averyveryverylongextension", "a.htmlx"})
    EXPECT_EQ(media_type(name), "application/octet-stream") << name;
}

TEST(MediaType, KnowsWhatIsWorthCompressing) {
  EXPECT_TRUE(is_compressible("text/html; charset=utf-8"));
  EXPECT_TRUE(is_compressible("application/json"));
  EXPECT_TRUE(is_compressible("application/atom+xml"));
  EXPECT_TRUE(is_compressible("image/svg+xml; charset=utf-8"));
  EXPECT_FALSE(is_compressible("image/png"));
  EXPECT_FALSE(is_compressible("application/zip"));
  EXPECT_FALSE(is_compressible("font/woff2"));
}

}  // namespace
}  // namespace mirage::http
