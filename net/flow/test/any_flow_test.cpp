// SPDX-License-Identifier: ISC
#include "mirage/any_flow.hpp"

#include <array>

#include "mirage/memory/flow.hpp"
#include "mirage/test/suites/flow_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

/// Too large to lie in place, with answers that are no tasks, and without ends.
class large_flow {
 public:
  explicit large_flow(memory::flow flow) noexcept : flow_(std::move(flow)) {}
  auto read() { return awaited<result<buffer, v1::flow_error>>{flow_.read()}; }
  auto write(buffer data) { return awaited<result<void, v1::flow_error>>{flow_.write(std::move(data))}; }
  auto write(buffer_list data) { return awaited<result<void, v1::flow_error>>{flow_.write(std::move(data))}; }
  auto shutdown() { return awaited<void>{flow_.shutdown()}; }
  auto close() { return awaited<void>{flow_.close()}; }

 private:
  template <class T>
  struct awaited {
    task<T> work;
    auto operator co_await() && noexcept { return std::move(work).operator co_await(); }
  };
  memory::flow flow_;
  [[maybe_unused]] std::array<std::byte, 200> large_{};
};
static_assert(v1::flow<large_flow>);

template <class Inner>
struct any_flows : test::virtual_subject {
  using flow = any_flow;
  task<std::pair<flow, flow>> connect() {
    auto [near, far] = memory::make_flows();
    any_flow one(Inner(std::move(near)));
    any_flow other(Inner(std::move(far)));
    co_return std::pair<flow, flow>(std::move(one), std::move(other));
  }
};
MIRAGE_CONFORMANCE(flow_suite, any_small, any_flows<memory::flow>);
MIRAGE_CONFORMANCE(flow_suite, any_large, any_flows<large_flow>);

TEST(any_flow, knows_the_ends_where_the_flow_does) {
  test::virtual_node node;
  auto [near, far] = memory::make_flows(100, endpoint("10.0.0.1:80"), endpoint("10.0.0.2:4000"));
  const any_flow small(std::move(near));
  EXPECT_EQ(small.local(), endpoint("10.0.0.1:80"));
  EXPECT_EQ(small.peer(), endpoint("10.0.0.2:4000"));
  const any_flow large(large_flow(std::move(far)));
  EXPECT_EQ(large.local(), std::nullopt);
  EXPECT_EQ(large.peer(), std::nullopt);
}

TEST(any_flow, holds_flows_of_several_types) {
  test::virtual_node node;
  auto [near, far] = memory::make_flows();
  std::vector<any_flow> all;
  all.emplace_back(std::move(near));
  all.emplace_back(large_flow(std::move(far)));
  std::swap(all[0], all[1]);
  EXPECT_TRUE(all[1].peer().has_value());
  EXPECT_FALSE(all[0].peer().has_value());
}

}  // namespace
}  // namespace mirage
