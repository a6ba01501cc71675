// SPDX-License-Identifier: ISC
// What the tests of scopes share.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include <mirage/core/event.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/test/virtual_node.hpp>

namespace mirage {

struct scopes : testing::Test {
  test::virtual_node node;
  std::string log;
  void TearDown() override {
    EXPECT_EQ(node.tasks.tasks(), 0U);
    EXPECT_EQ(node.frames.live(), 0U) << "a frame was not destroyed";
  }
};

/// Writes its letter when it dies.
struct witness {
  witness(std::string& to, char which) : log(to), name(which) {}
  witness(const witness&) = delete;
  witness& operator=(const witness&) = delete;
  ~witness() { log += name; }
  std::string& log;
  char name;
};

inline task<> wait_as(std::string& log, char name, event& until) {
  const witness here(log, name);
  co_await until;
}
inline task<> say(std::string& log, char name) {
  log += name;
  co_return;
}
inline task<> forever() {
  event never_set;
  co_await never_set;
}

struct server {
  scope running;
  event until;
};

}  // namespace mirage
