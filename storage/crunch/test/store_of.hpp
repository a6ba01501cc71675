// SPDX-License-Identifier: ISC
// A store made at run time, for tests: what mirage-crunch does when an image is built, without variants.
#pragma once

#include <algorithm>
#include <list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/sha256.hpp"
#include "mirage/crunch.hpp"
#include "mirage/crunch/perfect_hash.hpp"

namespace mirage::test {

class store_of {
 public:
  explicit store_of(std::vector<std::pair<std::string, std::string>> values) : values_(std::move(values)) {
    std::ranges::sort(values_);
    std::vector<std::string_view> keys;
    for (const auto& [key, value] : values_) {
      keys.push_back(key);
      const auto& digest = digests_.emplace_back(sha256::of(as_bytes(value)));
      const auto& etag = etags_.emplace_back("\"" + std::to_string(etags_.size()) + "\"");
      entries_.push_back({key, {as_bytes(value), {}, {}, "text/plain", etag, {}}, digest.data()});
    }
    tables_ = make_crunch_tables(keys).value();
    index = {"test", entries_, tables_.displacements, tables_.slots};
  }
  store_of(const store_of&) = delete;
  store_of& operator=(const store_of&) = delete;

  crunch_index index;

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  std::list<sha256_digest> digests_;
  std::list<std::string> etags_;
  std::vector<crunch_entry> entries_;
  crunch_tables tables_;
};

}  // namespace mirage::test
