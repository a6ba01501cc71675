// SPDX-License-Identifier: ISC
#include "mirage/xen/grant_table.hpp"

#include <gtest/gtest.h>

#include <array>
#include <set>

namespace {

using mirage::xen::grant_entry;
using mirage::xen::grant_reference;
using mirage::xen::grant_table;
using mirage::xen::hypervisor_error;
using page_access = mirage::xen::access;

struct grant_table_test : testing::Test {
  std::array<grant_entry, 32> memory{};
  grant_table table;

  grant_reference granted(page_access how = page_access::read_write) {
    const auto made = table.grant(7, 0x1234, how);
    EXPECT_TRUE(made.has_value());
    return made.value_or(0);
  }
};

TEST_F(grant_table_test, has_nothing_to_give_before_it_has_entries) {
  EXPECT_EQ(table.grant(7, 1, page_access::read_only).error(), hypervisor_error::exhausted);
}

TEST_F(grant_table_test, an_entry_says_who_may_use_which_page_and_how) {
  table.extend(memory);
  const grant_reference writable = granted();
  EXPECT_EQ(memory[writable].domid, 7);
  EXPECT_EQ(memory[writable].frame, 0x1234U);
  EXPECT_EQ(memory[writable].flags, grant_entry::permit_access);
  EXPECT_EQ(memory[granted(page_access::read_only)].flags,
            grant_entry::permit_access | grant_entry::readonly);
  EXPECT_EQ(table.frame_of(writable), 0x1234U);
}

TEST_F(grant_table_test, spares_the_entries_of_the_toolstack) {
  table.extend(memory);
  std::set<grant_reference> all;
  for (int i = 0; i < 24; ++i) all.insert(granted());
  EXPECT_EQ(all.size(), 24U);
  EXPECT_EQ(*all.begin(), 8U);
  EXPECT_EQ(table.grant(7, 1, page_access::read_only).error(), hypervisor_error::exhausted);
  EXPECT_EQ(table.in_use(), 24U);
}

TEST_F(grant_table_test, gives_an_entry_again_once_its_access_has_ended) {
  table.extend(memory);
  const grant_reference first = granted();
  EXPECT_TRUE(table.end_access(first));
  EXPECT_EQ(memory[first].flags, 0);
  EXPECT_EQ(table.in_use(), 0U);
  EXPECT_EQ(granted(), first);
}

TEST_F(grant_table_test, keeps_an_entry_that_the_other_domain_has_mapped) {
  table.extend(memory);
  const grant_reference one = granted();
  memory[one].flags |= grant_entry::reading;
  EXPECT_FALSE(table.end_access(one));
  EXPECT_EQ(table.in_use(), 1U);
  EXPECT_NE(granted(), one);
  memory[one].flags = grant_entry::permit_access;
  EXPECT_TRUE(table.end_access(one));
}

TEST_F(grant_table_test, grows) {
  table.extend(std::span(memory).first(16));
  for (int i = 0; i < 8; ++i) (void)granted();
  EXPECT_EQ(table.grant(7, 1, page_access::read_only).error(), hypervisor_error::exhausted);
  table.extend(memory);
  EXPECT_GE(granted(), 16U);
}

TEST_F(grant_table_test, ending_what_was_not_granted_is_an_error_of_the_program) {
  table.extend(memory);
  EXPECT_DEATH((void)table.end_access(0), "was not made");
  EXPECT_DEATH((void)table.end_access(9), "was not made");
  EXPECT_DEATH((void)table.end_access(32), "was not made");
}

}  // namespace
