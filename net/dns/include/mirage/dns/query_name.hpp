// SPDX-License-Identifier: ISC
// A name that is looked up: folded to lower case, with a hash of each of its endings, so that it and all that
// it is below are found in tables without another pass over it.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/name.hpp"

namespace mirage::dns {

class query_name {
 public:
  query_name() noexcept = default;
  explicit query_name(name_view from) noexcept { set(from); }
  void set(name_view from) noexcept;

  /// Without the root's.
  [[nodiscard]] unsigned labels() const noexcept { return labels_; }
  [[nodiscard]] name_view view() const noexcept { return name_view::trusted({octets_.data(), size_}); }
  /// Where the ending of so many labels begins.
  [[nodiscard]] std::size_t start(unsigned labels) const noexcept { return starts_[labels_ - labels]; }
  [[nodiscard]] name_view ending(unsigned labels) const noexcept { return view_from(start(labels), size_); }
  /// Of the ending of so many labels; the same for names that are equal.
  [[nodiscard]] std::uint64_t hash(unsigned labels) const noexcept { return hashes_[labels]; }
  /// The hash of a name one label longer than one with that hash; the label's case does not count.
  [[nodiscard]] static std::uint64_t extend(std::uint64_t hash, cbytes label) noexcept;
  [[nodiscard]] static constexpr std::uint64_t hash_of_root() noexcept { return 0x6d69726167652021; }

 private:
  [[nodiscard]] name_view view_from(std::size_t start, std::size_t end) const noexcept {
    return name_view::trusted({octets_.data() + start, end - start});
  }
  // Only what belongs to the name has a value: one is made for every query.
  std::size_t size_ = 1;
  unsigned labels_ = 0;
  std::array<std::uint8_t, most_labels + 1> starts_;
  std::array<std::uint64_t, most_labels + 1> hashes_;
  std::array<std::byte, 256 + 8> octets_;
};

}  // namespace mirage::dns
