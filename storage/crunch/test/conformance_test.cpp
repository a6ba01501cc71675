// SPDX-License-Identifier: ISC
// The conformance suites of key/value stores over `crunch_store`.
#include <gtest/gtest.h>
#include <mirage/crunch.hpp>
#include <mirage/test/suites/kv_assets_suite.hpp>
#include <mirage/test/suites/kv_ro_suite.hpp>
#include <mirage/test/virtual_node.hpp>

#include <utility>
#include <vector>

#include "store_of.hpp"

namespace mirage {
namespace {

std::vector<std::pair<std::string, std::string>> content() {
  std::vector<std::pair<std::string, std::string>> values;
  for (const test::kv_entry& entry : test::kv_content()) values.emplace_back(entry.key, entry.value);
  return values;
}

class store_subject {
 public:
  using kv_ro = crunch_store;
  using kv_assets = crunch_store;
  static constexpr duration a_while = 1s;

  crunch_store& device() { return store_; }
  void run(task<> work) { node_.run(std::move(work)); }

 private:
  test::virtual_node node_;
  test::store_of made_{content()};
  crunch_store store_{made_.index, "files_0"};
};
MIRAGE_CONFORMANCE(kv_ro_suite, crunch, store_subject);
MIRAGE_CONFORMANCE(kv_assets_suite, crunch, store_subject);

}  // namespace
}  // namespace mirage
