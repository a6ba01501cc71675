// SPDX-License-Identifier: ISC
#include <mirage/core/host_name.hpp>

#include <gtest/gtest.h>

#include <string>

namespace mirage {
namespace {

std::string name_of(std::size_t size) {
  std::string name(size, 'a');
  for (std::size_t at = 31; at < size - 1; at += 32) name[at] = '.';
  return name;
}

TEST(host_name, has_labels_of_letters_digits_and_hyphens) {
  for (const std::string& name :
       {std::string("a"), std::string("localhost"), std::string("WWW.example.org"),
        std::string("example.org."), std::string("9-9.x1"), std::string("_dns._udp.local"),
        std::string(63, 'a'), name_of(253), name_of(253) + "."})
    EXPECT_TRUE(is_host_name(name)) << name;
}

TEST(host_name, is_nothing_else) {
  for (const std::string& name :
       {std::string(), std::string("."), std::string(".a"), std::string("a..b"), std::string("a.."),
        std::string("two words"), std::string("-a.b"), std::string("a-.b"), std::string("a/b"),
        std::string("a:80"), std::string("g\xc3\xbc\xc3\x9f"), std::string("a\0b", 3), std::string(64, 'a'),
        name_of(254)})
    EXPECT_FALSE(is_host_name(name)) << name;
}

}  // namespace
}  // namespace mirage
