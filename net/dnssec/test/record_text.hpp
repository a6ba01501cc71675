// SPDX-License-Identifier: ISC
// Records as master files have them, for tests.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string_view>
#include <vector>

#include <mirage/core/endian.hpp>
#include <mirage/dns/rdata_text.hpp>
#include <mirage/dnssec/types.hpp>

namespace mirage::test {

inline dns::name name_of(std::string_view text) { return *dns::name::parse(text); }

/// The words of a text with one blank between them.
class words final : public dns::word_source {
 public:
  explicit words(std::string_view text) : rest_(text) {}
  bool next(dns::word& into) noexcept override {
    before_ = rest_;
    if (rest_.empty()) return false;
    const std::size_t end = std::min(rest_.find(' '), rest_.size());
    into = {rest_.substr(0, end)};
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return true;
  }
  void put_back() noexcept override { rest_ = before_; }

 private:
  std::string_view rest_;
  std::string_view before_;
};

inline std::vector<std::byte> rdata_of(dns::record_type type, std::string_view text) {
  std::array<std::byte, 4096> space{};
  words from(text);
  const auto size = dns::parse_rdata(type, from, dns::name_view(), space);
  EXPECT_TRUE(size) << text;
  return {space.begin(), space.begin() + static_cast<std::ptrdiff_t>(size.value_or(0))};
}

/// Each with its length in front.
inline std::vector<std::byte> records_of(dns::record_type type,
                                         std::initializer_list<std::string_view> texts) {
  std::vector<std::byte> made;
  for (const std::string_view text : texts) {
    const auto rdata = rdata_of(type, text);
    made.resize(made.size() + 2);
    store_be16(&made[made.size() - 2], static_cast<std::uint16_t>(rdata.size()));
    made.insert(made.end(), rdata.begin(), rdata.end());
  }
  return made;
}

}  // namespace mirage::test
