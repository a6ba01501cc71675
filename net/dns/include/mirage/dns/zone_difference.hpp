// SPDX-License-Identifier: ISC
// What one version of a zone has and another has not, as an incremental transfer tells it: RFC 1995 §4.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/shared.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/zone.hpp"
#include "mirage/dns/zone_records.hpp"

namespace mirage::dns {

/// Takes records from the front of a list of them.
struct listed_record {
  name_view owner;
  cbytes record{};  ///< as a `record_set` has it

  /// `rest` is not empty.
  [[nodiscard]] static listed_record take(cbytes& rest) noexcept;
};

class zone_difference {
 public:
  /// All of a `zone_comparison` at once.
  [[nodiscard]] static shared<const zone_difference> between(const zone& from, const zone& to,
                                                             std::size_t most);

  [[nodiscard]] std::uint32_t from_serial() const noexcept { return from_; }
  [[nodiscard]] std::uint32_t to_serial() const noexcept { return to_; }
  /// The old SOA and what is no more; the new SOA and what is new: for `listed_record::take`.
  [[nodiscard]] cbytes removed() const noexcept { return removed_; }
  [[nodiscard]] cbytes added() const noexcept { return added_; }
  /// Octets of memory.
  [[nodiscard]] std::size_t size() const noexcept { return removed_.size() + added_.size(); }

 private:
  friend class zone_comparison;
  zone_difference() noexcept = default;

  std::uint32_t from_ = 0;
  std::uint32_t to_ = 0;
  std::vector<std::byte> removed_;
  std::vector<std::byte> added_;
};

/// Finds in parts what two versions of a zone differ in. Both have one origin, and must outlive it.
class zone_comparison {
 public:
  /// A difference of more than `most` octets is not wanted.
  zone_comparison(const zone& from, const zone& to, std::size_t most);

  /// Goes on, by so many records. True when all is known.
  [[nodiscard]] bool compare(std::size_t records);
  /// When all is known; null when there was too much.
  [[nodiscard]] shared<const zone_difference> take() noexcept { return std::move(found_); }

 private:
  void compare_next();

  std::size_t most_;
  zone_records old_ones_;
  zone_records new_ones_;
  std::unique_ptr<zone_difference> found_;
};

}  // namespace mirage::dns
