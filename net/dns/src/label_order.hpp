// SPDX-License-Identifier: ISC
// The canonical order (RFC 4034 §6.1) of names below one origin, given as their labels: in lower case,
// without the origin and the root.
#pragma once

#include <algorithm>
#include <array>
#include <compare>
#include <cstdint>
#include <cstring>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/name.hpp"

namespace mirage::dns {

/// Where each label begins.
class label_starts {
 public:
  explicit label_starts(cbytes labels) noexcept : labels_(labels) {
    for (std::size_t at = 0; at < labels.size(); at += 1 + static_cast<std::size_t>(labels[at]))
      starts_[count_++] = static_cast<std::uint8_t>(at);
  }
  [[nodiscard]] unsigned count() const noexcept { return count_; }
  [[nodiscard]] std::size_t start(unsigned i) const noexcept { return starts_[i]; }
  [[nodiscard]] cbytes label(unsigned i) const noexcept {
    const std::size_t at = starts_[i];
    return labels_.subspan(at + 1, static_cast<std::size_t>(labels_[at]));
  }

 private:
  cbytes labels_;
  unsigned count_ = 0;
  std::array<std::uint8_t, most_labels + 1> starts_;
};

[[nodiscard]] inline std::strong_ordering order_of_octets(cbytes a, cbytes b) noexcept {
  const std::size_t shared = std::min(a.size(), b.size());
  const int order = shared == 0 ? 0 : std::memcmp(a.data(), b.data(), shared);
  return order != 0 ? order <=> 0 : a.size() <=> b.size();
}

[[nodiscard]] inline std::strong_ordering canonical_order(cbytes a, cbytes b) noexcept {
  const label_starts labels_a(a);
  const label_starts labels_b(b);
  const unsigned shared = std::min(labels_a.count(), labels_b.count());
  for (unsigned i = 1; i <= shared; ++i) {
    const auto order =
        order_of_octets(labels_a.label(labels_a.count() - i), labels_b.label(labels_b.count() - i));
    if (order != 0) return order;
  }
  return labels_a.count() <=> labels_b.count();
}

/// Whether a name is another or below it.
[[nodiscard]] inline bool is_within(cbytes labels, cbytes of) noexcept {
  std::size_t at = 0;
  while (labels.size() - at > of.size()) at += 1 + static_cast<std::size_t>(labels[at]);
  return labels.size() - at == of.size() && order_of_octets(labels.subspan(at), of) == 0;
}

}  // namespace mirage::dns
