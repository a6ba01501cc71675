// SPDX-License-Identifier: ISC
#include <mirage/core/buffer.hpp>

#include <gtest/gtest.h>

#include <cstring>
#include <string_view>
#include <utility>

#include <mirage/core/buffer_list.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {
namespace {

struct buffers : testing::Test {
  test::virtual_node node;
};

TEST_F(buffers, one_without_memory_is_false_and_empty) {
  const buffer none;
  EXPECT_FALSE(none);
  EXPECT_TRUE(none.empty());
  EXPECT_EQ(none.capacity(), 0U);
  EXPECT_FALSE(none.share());
  EXPECT_FALSE(none.slice(0, 5));
}

TEST_F(buffers, is_allocated_in_the_size_asked_for) {
  buffer data = buffer::allocate(300);
  ASSERT_TRUE(data);
  EXPECT_EQ(data.size(), 300U);
  EXPECT_GE(data.capacity(), 300U);
  EXPECT_TRUE(data.unique());
  std::memset(data.writable().data(), 'x', 300);
  EXPECT_EQ(data.text(), std::string(300, 'x'));
  EXPECT_EQ(node.buffers.live(), 1U);
}

TEST_F(buffers, an_empty_one_of_the_pool_is_true) {
  EXPECT_TRUE(buffer::allocate(0));
  EXPECT_TRUE(buffer::copy_of({}));
}

TEST_F(buffers, copies_what_it_is_given) {
  const buffer copy = buffer::copy_of(as_bytes("hello"));
  EXPECT_EQ(copy.text(), "hello");
}

TEST_F(buffers, moving_leaves_nothing_behind) {
  buffer first = buffer::copy_of(as_bytes("one"));
  buffer second = std::move(first);
  EXPECT_FALSE(first);  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(first.size(), 0U);
  EXPECT_EQ(second.text(), "one");
  second = buffer::copy_of(as_bytes("two"));
  EXPECT_EQ(second.text(), "two");
  EXPECT_EQ(node.buffers.live(), 1U);
  buffer& itself = second;
  second = std::move(itself);
  EXPECT_EQ(second.text(), "two");
}

TEST_F(buffers, shared_memory_lives_as_long_as_the_last_reference) {
  buffer part;
  {
    const buffer whole = buffer::copy_of(as_bytes("abcdef"));
    const buffer other = whole.share();
    part = whole.slice(2, 3);
    EXPECT_EQ(other.data(), whole.data());
    EXPECT_FALSE(whole.unique());
    EXPECT_FALSE(part.unique());
  }
  EXPECT_EQ(part.text(), "cde");
  EXPECT_TRUE(part.unique());
  EXPECT_EQ(node.buffers.live(), 1U);
  part = {};
  EXPECT_EQ(node.buffers.live(), 0U);
}

TEST_F(buffers, slices_are_cut_off_at_the_end) {
  const buffer whole = buffer::copy_of(as_bytes("abcdef"));
  EXPECT_EQ(whole.slice(4, 100).text(), "ef");
  EXPECT_EQ(whole.slice(6, 1).text(), "");
  EXPECT_EQ(whole.slice(7, 1).text(), "");
  EXPECT_EQ(whole.slice(0, 0).text(), "");
  EXPECT_TRUE(whole.slice(7, 1)) << "an empty slice of something is something";
}

TEST_F(buffers, drops_from_both_ends) {
  buffer data = buffer::copy_of(as_bytes("abcdef"));
  data.drop_front(2);
  EXPECT_EQ(data.text(), "cdef");
  data.truncate(10);
  EXPECT_EQ(data.text(), "cdef");
  data.truncate(1);
  EXPECT_EQ(data.text(), "c");
  data.drop_front(10);
  EXPECT_EQ(data.size(), 0U);
}

TEST_F(buffers, grows_into_its_memory_and_not_further) {
  buffer data = buffer::copy_of(as_bytes("abc"));
  data.drop_front(1);
  const std::size_t room = data.capacity();
  data.resize(room);
  EXPECT_EQ(data.size(), room);
  EXPECT_EQ(data.text().substr(0, 2), "bc");
  EXPECT_DEATH_IF_SUPPORTED(data.resize(room + 1), "beyond its memory");
}

TEST_F(buffers, regains_what_was_dropped_in_front) {
  buffer data = buffer::copy_of(as_bytes("headerpayload"));
  data.drop_front(6);
  EXPECT_EQ(data.text(), "payload");
  data.regain_front(6);
  EXPECT_EQ(data.text(), "headerpayload");
  EXPECT_DEATH_IF_SUPPORTED(data.regain_front(1), "no room in front");
  data.drop_front(3);
  const buffer other = data.share();
  EXPECT_DEATH_IF_SUPPORTED(data.regain_front(3), "no room in front");
}

TEST_F(buffers, only_the_sole_owner_writes) {
  buffer data = buffer::copy_of(as_bytes("abc"));
  {
    const buffer other = data.share();
    EXPECT_DEATH_IF_SUPPORTED(static_cast<void>(data.writable()), "a shared buffer is written to");
  }
  data.writable()[0] = std::byte{'A'};
  EXPECT_EQ(data.text(), "Abc");
}

TEST_F(buffers, static_memory_is_neither_copied_nor_counted_nor_written) {
  static constexpr std::string_view words = "in the image";
  buffer data = buffer::from_static(as_bytes(words));
  EXPECT_EQ(static_cast<const void*>(data.data()), static_cast<const void*>(words.data()));
  EXPECT_EQ(node.buffers.live(), 0U);
  EXPECT_FALSE(data.unique());
  EXPECT_EQ(data.capacity(), words.size());
  EXPECT_EQ(data.share().slice(3, 3).text(), "the");
  EXPECT_DEATH_IF_SUPPORTED(static_cast<void>(data.writable()), "a shared buffer is written to");
  EXPECT_DEATH_IF_SUPPORTED(data.resize(1), "beyond its memory");
  data.drop_front(7);
  EXPECT_EQ(data.text(), "image");
}

TEST_F(buffers, at_the_cap_there_is_no_memory) {
  node.buffers.set_limit(2 * (4096 + 64));
  const buffer first = buffer::allocate(4096);
  const buffer second = buffer::allocate(4096);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(buffer::allocate(4096));
  EXPECT_FALSE(buffer::copy_of(as_bytes("a")));
  EXPECT_EQ(node.buffers.refused(), 2U);
}

struct ring_memory : detail::buffer_storage {
  std::byte memory[16]{};
  int released = 0;
};

TEST_F(buffers, a_driver_lends_memory_of_its_own) {
  ring_memory slot;
  slot.references = 1;
  slot.capacity = sizeof slot.memory;
  slot.data = slot.memory;
  slot.release = [](detail::buffer_storage& storage) noexcept {
    ++static_cast<ring_memory&>(storage).released;
  };
  buffer lent = buffer::adopt(slot, 10);
  EXPECT_EQ(lent.size(), 10U);
  EXPECT_EQ(lent.capacity(), 16U);
  buffer kept = lent.slice(2, 2);
  lent = {};
  EXPECT_EQ(slot.released, 0);
  kept = {};
  EXPECT_EQ(slot.released, 1);
}

TEST_F(buffers, a_list_adds_up_its_parts) {
  buffer_list parts;
  EXPECT_EQ(total_size(parts), 0U);
  parts.push_back(buffer::copy_of(as_bytes("abc")));
  parts.push_back(buffer::from_static(as_bytes("de")));
  EXPECT_EQ(total_size(parts), 5U);
  buffer_list moved = std::move(parts);
  EXPECT_TRUE(parts.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(total_size(moved), 5U);
  EXPECT_EQ(node.buffers.live(), 1U);
  moved.clear();
  EXPECT_EQ(node.buffers.live(), 0U);
}

}  // namespace
}  // namespace mirage
