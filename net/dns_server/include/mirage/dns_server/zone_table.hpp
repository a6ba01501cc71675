// SPDX-License-Identifier: ISC
// The zones that a server answers from, by their origins.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

#include "mirage/core/shared.hpp"
#include "mirage/dns/query_name.hpp"
#include "mirage/dns/zone.hpp"

namespace mirage::dns {

class zone_table {
 public:
  /// Adds the zone, or puts it in the place of the one with its origin, which lives on while somebody holds
  /// it.
  void set(shared<const zone> added);
  class replacement;
  void remove(name_view origin);
  /// The zone is one of ours, but there is no version of it that may be served: not yet, or no more.
  void set_unavailable(name_view origin);

  /// The zone with the longest origin that the name's ending of at most `labels` labels is within; null when
  /// there is none.
  [[nodiscard]] const zone* find(const query_name& name, unsigned labels) const noexcept;

  /// Whether the zone that was found stands for one that is not available.
  [[nodiscard]] bool is_unavailable(const zone& found) const noexcept {
    return !unavailable_.empty() && std::ranges::find(unavailable_, &found) != unavailable_.end();
  }

  /// The zone with exactly that origin; null when there is none, or it is not available.
  [[nodiscard]] shared<const zone> hold(name_view origin) const noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return zones_.size(); }

 private:
  struct slot {
    std::uint64_t hash = 0;
    const zone* of = nullptr;
  };
  void index();

  std::vector<shared<const zone>> zones_;
  std::vector<const zone*> unavailable_;  // those of them that only stand for one
  std::vector<slot> slots_;               // at least half of them free; a power of two
  std::vector<bool> has_labels_;          // whether an origin has so many labels
};

/// `set` as something that is done in parts, as it is where more has to be done
/// (`zone_versions::replacement`).
class zone_table::replacement {
 public:
  replacement(zone_table& in, shared<const zone> added) noexcept : in_(in), added_(std::move(added)) {}
  [[nodiscard]] bool advance(std::size_t) {
    in_.set(std::move(added_));
    return true;
  }

 private:
  zone_table& in_;
  shared<const zone> added_;
};

}  // namespace mirage::dns
