// SPDX-License-Identifier: ISC
#include "mirage/dns/name.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "mirage/core/format.hpp"

namespace mirage::dns {
namespace {

std::string text_of(name_view from) {
  std::array<char, 1100> space;
  text_writer out(space);
  format(out, from);
  return std::string(out.text());
}

name parsed(std::string_view text, name_view origin = {}) {
  const auto made = name::parse(text, origin);
  EXPECT_TRUE(made) << text << ": " << (made ? "" : describe(made.error()));
  return made.value_or(name());
}

TEST(Name, IsReadAndPrinted) {
  for (const char* text :
       {".", "example.org.", "a.b.c.", "\\.x.y.", "\\000\\255.z.", "*.w.", "\\@.", "a\\032b."})
    EXPECT_EQ(text_of(parsed(text)), text);
}

TEST(Name, WithoutADotAtTheEndIsBelowTheOrigin) {
  EXPECT_EQ(text_of(parsed("www", parsed("example.org."))), "www.example.org.");
  EXPECT_EQ(text_of(parsed("www.")), "www.");
  EXPECT_EQ(parsed("example.org"), parsed("EXAMPLE.org."));
}

TEST(Name, IsRefused) {
  EXPECT_EQ(name::parse("").error(), name_error::empty);
  EXPECT_EQ(name::parse("a..b").error(), name_error::empty_label);
  EXPECT_EQ(name::parse(".a").error(), name_error::empty_label);
  EXPECT_EQ(name::parse("a\\25").error(), name_error::bad_escape);
  EXPECT_EQ(name::parse("a\\256").error(), name_error::bad_escape);
  EXPECT_EQ(name::parse("a\\").error(), name_error::bad_escape);
  EXPECT_EQ(name::parse(std::string(64, 'x')).error(), name_error::label_too_long);
}

TEST(Name, HasAtMost255Octets) {
  const std::string label(63, 'x');
  const std::string greatest = label + "." + label + "." + label + "." + std::string(61, 'x');
  EXPECT_EQ(parsed(greatest + ".").size(), 255u);
  EXPECT_EQ(parsed(greatest).size(), 255u);
  EXPECT_EQ(name::parse(greatest + "x").error(), name_error::name_too_long);
  EXPECT_EQ(name::parse(greatest + "x.").error(), name_error::name_too_long);
  std::string ones;
  for (int i = 0; i < 127; ++i) ones += "x.";
  EXPECT_EQ(parsed(ones).view().labels(), 127u);
  EXPECT_EQ(name::parse(ones + "x").error(), name_error::name_too_long);
}

TEST(Name, KnowsItsParts) {
  const name whole = parsed("www.Example.org.");
  EXPECT_EQ(whole.view().labels(), 3u);
  EXPECT_EQ(as_text(whole.view().label()), "www");
  EXPECT_EQ(text_of(whole.view().parent()), "Example.org.");
  EXPECT_EQ(text_of(whole.view().suffix(1)), "org.");
  EXPECT_TRUE(whole.view().is_within(parsed("example.ORG.")));
  EXPECT_TRUE(whole.view().is_within(name_view()));
  EXPECT_FALSE(whole.view().is_within(parsed("ample.org.")));
  EXPECT_FALSE(parsed("org.").view().is_within(whole));
  EXPECT_TRUE(parsed("*.a.").view().is_wildcard());
  EXPECT_FALSE(parsed("a*.a.").view().is_wildcard());
}

TEST(Name, IsEqualAndHashesWithoutRegardToCase) {
  EXPECT_EQ(parsed("AbC.dEf."), parsed("aBc.DeF."));
  EXPECT_EQ(parsed("AbC.dEfGhIjKl.").view().hash(1), parsed("aBc.DeFgHiJkL.").view().hash(1));
  EXPECT_NE(parsed("a.b.").view().hash(), parsed("a.c.").view().hash());
  EXPECT_NE(parsed("[.").view(), parsed("{.").view());
}

// The example of RFC 4034 §6.1.
TEST(Name, IsOrderedCanonically) {
  const std::vector<name> sorted{
      parsed("example."),         parsed("a.example."),      parsed("yljkjljk.a.example."),
      parsed("Z.a.example."),     parsed("zABC.a.EXAMPLE."), parsed("z.example."),
      parsed("\\001.z.example."), parsed("*.z.example."),    parsed("\\200.z.example.")};
  for (std::size_t i = 0; i < sorted.size(); ++i)
    for (std::size_t j = 0; j < sorted.size(); ++j)
      EXPECT_EQ(sorted[i] <=> sorted[j], i <=> j) << i << " " << j;
}

TEST(Name, IsPutTogether) {
  name made = parsed("example.org.");
  EXPECT_TRUE(made.prepend(as_bytes("www")));
  EXPECT_EQ(text_of(made), "www.example.org.");
  EXPECT_FALSE(made.prepend({}));
  while (made.prepend(as_bytes("0123456789"))) {
  }
  EXPECT_GT(made.size(), 244u);
  const name made_front = parsed("x.y.");
  const name_view front = made_front;
  const auto joined = name::join(front.wire().first(front.size() - 1), parsed("z."));
  ASSERT_TRUE(joined);
  EXPECT_EQ(text_of(*joined), "x.y.z.");
}

TEST(Name, AtTheFrontOfBytes) {
  const name whole = parsed("a.bc.");
  std::vector<std::byte> octets(whole.view().wire().begin(), whole.view().wire().end());
  octets.push_back(std::byte{7});
  ASSERT_TRUE(name_view::front_of(octets));
  EXPECT_EQ(*name_view::front_of(octets), whole.view());
  EXPECT_FALSE(name_view::front_of(cbytes(octets).first(4)));
  octets[0] = std::byte{0xc0};
  EXPECT_FALSE(name_view::front_of(octets));
}

}  // namespace
}  // namespace mirage::dns
