// SPDX-License-Identifier: ISC
#include "mirage/memory/kv.hpp"

#include <deque>

#include "mirage/test/suites/kv_assets_suite.hpp"
#include "mirage/test/suites/kv_ro_suite.hpp"
#include "mirage/test/suites/kv_rw_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

std::vector<memory::kv_value> views_of(const std::vector<test::kv_entry>& entries) {
  std::vector<memory::kv_value> views;
  for (const test::kv_entry& entry : entries) views.push_back({entry.key, entry.value});
  return views;
}

struct values : test::virtual_subject {
  using kv_ro = memory::kv_ro;
  kv_ro& device() { return store_; }

 private:
  kv_ro store_{std::span<const memory::kv_value>(views_of(test::kv_content()))};
};
MIRAGE_CONFORMANCE(kv_ro_suite, memory, values);

struct writable_values : test::virtual_subject {
  using kv_rw = memory::kv_rw;
  kv_rw& device() { return store_; }
  task<> crash() {
    store_.crash();
    co_return;
  }

 private:
  kv_rw store_;
};
MIRAGE_CONFORMANCE(kv_rw_suite, memory, writable_values);
MIRAGE_CONFORMANCE(kv_ro_suite, memory_kv_rw, test::kv_rw_as_ro<writable_values>);

struct assets : test::virtual_subject {
  using kv_assets = memory::kv_assets;
  using kv_ro = memory::kv_assets;
  kv_assets& device() { return store_; }

 private:
  std::vector<memory::kv_asset> made() {
    std::vector<memory::kv_asset> all;
    for (const test::kv_entry& entry : entries_) {
      etags_.push_back("\"" + std::to_string(etags_.size()) + "\"");
      all.push_back(
          {entry.key,
           {.identity = as_bytes(entry.value), .content_type = "text/plain", .etag = etags_.back()}});
    }
    return all;
  }
  std::vector<test::kv_entry> entries_ = test::kv_content();
  std::deque<std::string> etags_;
  std::vector<memory::kv_asset> assets_ = made();
  kv_assets store_{assets_};
};
MIRAGE_CONFORMANCE(kv_assets_suite, memory, assets);
MIRAGE_CONFORMANCE(kv_ro_suite, memory_kv_assets, assets);

task<> fill_up(memory::kv_rw& store) {
  auto half = co_await store.set("a", test::buffer_of("12345"));
  EXPECT_EQ(test::outcome(half), "ok");
  auto more = co_await store.set("b", test::buffer_of("123456"));
  EXPECT_EQ(test::error_of(more), v1::kv_error::no_space);
  auto beyond = co_await store.set_partial("a", 10, test::buffer_of("x"));
  EXPECT_EQ(test::error_of(beyond), v1::kv_error::no_space);
  auto in_its_place = co_await store.set("a", test::buffer_of("1234567890"));
  EXPECT_EQ(test::outcome(in_its_place), "ok");
}

TEST(memory_kv_rw, is_full_at_its_capacity) {
  test::virtual_node node;
  memory::kv_rw store(10);
  node.run(fill_up(store));
}

TEST(memory_kv_ro_death, takes_only_keys) {
  EXPECT_DEATH_IF_SUPPORTED(
      {
        test::virtual_node node;
        memory::kv_ro store({{"/absolute", "x"}});
      },
      "a key that cannot be");
}

}  // namespace
}  // namespace mirage
