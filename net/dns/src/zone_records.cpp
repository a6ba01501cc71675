// SPDX-License-Identifier: ISC
#include "mirage/dns/zone_records.hpp"

#include <utility>

namespace mirage::dns {

void zone_records::enter(zone_node node) noexcept {
  node_ = node;
  sets_ = node.sets();
  sets_left_ = node.set_count();
  // What is in a zone was a name before.
  if (const auto joined = name::join(node.labels(), zone_.origin())) owner_ = *joined;
  settle();
}

// To the next record, over empty sets and over names without records.
void zone_records::settle() noexcept {
  while (rest_.empty()) {
    if (!signatures_.empty()) {
      rest_ = std::exchange(signatures_, {});
    } else if (sets_left_ > 0) {
      --sets_left_;
      const record_set set = zone_node::load_set(sets_);
      rest_ = set.records();
      signatures_ = set.signatures();
    } else {
      node_ = zone_.next(node_);
      if (!node_) return;
      return enter(node_);
    }
  }
}

void zone_records::next() noexcept {
  rest_ = rest_.subspan(record().size());
  settle();
}

}  // namespace mirage::dns
