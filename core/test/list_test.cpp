// SPDX-License-Identifier: ISC
#include <mirage/core/list.hpp>

#include <gtest/gtest.h>

#include <memory>
#include <string>

namespace mirage {
namespace {

struct letter : list_link {
  explicit letter(char which) : value(which) {}
  char value;
};

std::string text(list& of) {
  std::string result;
  of.for_each([&](list_link& link) { result += static_cast<letter&>(link).value; });
  return result;
}

struct list_of_letters : testing::Test {
  letter a{'a'}, b{'b'}, c{'c'}, d{'d'};
  list letters;
};

TEST_F(list_of_letters, keeps_the_order_of_both_ends) {
  EXPECT_TRUE(letters.empty());
  letters.push_back(b);
  letters.push_back(c);
  letters.push_front(a);
  EXPECT_EQ(text(letters), "abc");
  EXPECT_EQ(&letters.front(), &a);
  EXPECT_EQ(&letters.back(), &c);
  EXPECT_TRUE(b.linked());
  EXPECT_FALSE(d.linked());
}

TEST_F(list_of_letters, gives_up_its_first) {
  letters.push_back(a);
  letters.push_back(b);
  EXPECT_EQ(&letters.pop_front(), &a);
  EXPECT_FALSE(a.linked());
  EXPECT_EQ(&letters.pop_front(), &b);
  EXPECT_TRUE(letters.empty());
}

TEST_F(list_of_letters, unlinks_from_anywhere_and_twice) {
  for (letter* each : {&a, &b, &c, &d}) letters.push_back(*each);
  b.unlink();
  EXPECT_EQ(text(letters), "acd");
  b.unlink();
  d.unlink();
  a.unlink();
  EXPECT_EQ(text(letters), "c");
  c.unlink();
  EXPECT_TRUE(letters.empty());
  letters.push_back(b);
  EXPECT_EQ(text(letters), "b");
}

TEST_F(list_of_letters, an_element_leaves_when_it_is_destroyed) {
  auto e = std::make_unique<letter>('e');
  letters.push_back(a);
  letters.push_back(*e);
  letters.push_back(b);
  e.reset();
  EXPECT_EQ(text(letters), "ab");
}

TEST_F(list_of_letters, its_elements_are_free_when_it_is_destroyed) {
  auto other = std::make_unique<list>();
  other->push_back(a);
  other->push_back(b);
  other.reset();
  EXPECT_FALSE(a.linked());
  EXPECT_FALSE(b.linked());
}

TEST_F(list_of_letters, appends_another_list_and_empties_it) {
  list other;
  letters.append(other);
  EXPECT_TRUE(letters.empty());
  other.push_back(c);
  other.push_back(d);
  letters.append(other);
  EXPECT_TRUE(other.empty());
  EXPECT_EQ(text(letters), "cd");
  other.push_back(a);
  letters.append(other);
  EXPECT_EQ(text(letters), "cda");
  c.unlink();
  a.unlink();
  EXPECT_EQ(text(letters), "d");
}

TEST_F(list_of_letters, the_one_that_is_visited_may_leave) {
  for (letter* each : {&a, &b, &c}) letters.push_back(*each);
  letters.for_each([&](list_link& link) {
    if (&link != &b) link.unlink();
  });
  EXPECT_EQ(text(letters), "b");
}

}  // namespace
}  // namespace mirage
