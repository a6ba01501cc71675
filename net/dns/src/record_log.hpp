// SPDX-License-Identifier: ISC
// The records of a zone that is being built: octets in large pieces, sorted by their places. RRSIG records
// are kept with what they cover.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "label_order.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns {

/// A record as it was added: its labels with their size in front, type, TTL, size of the data, the data.
class kept_record {
 public:
  explicit kept_record(const std::byte* at) noexcept : at_(at) {}
  /// In lower case, without the origin and the root.
  [[nodiscard]] cbytes labels() const noexcept { return {at_ + 1, static_cast<std::size_t>(at_[0])}; }
  [[nodiscard]] record_type type() const noexcept { return static_cast<record_type>(load_be16(behind())); }
  [[nodiscard]] std::uint32_t ttl() const noexcept { return load_be32(behind() + 2); }
  [[nodiscard]] cbytes rdata() const noexcept { return {behind() + 8, load_be16(behind() + 6)}; }
  [[nodiscard]] bool is_signature() const noexcept { return type() == record_type::rrsig; }
  /// The type of the set that it belongs to.
  [[nodiscard]] record_type set_type() const noexcept {
    return is_signature() ? static_cast<record_type>(load_be16(rdata().data())) : type();
  }

  [[nodiscard]] std::strong_ordering operator<=>(const kept_record& other) const noexcept {
    if (const auto order = canonical_order(labels(), other.labels()); order != 0) return order;
    if (const auto order = set_type() <=> other.set_type(); order != 0) return order;
    if (const auto order = is_signature() <=> other.is_signature(); order != 0) return order;
    return order_of_octets(rdata(), other.rdata());
  }

 private:
  [[nodiscard]] const std::byte* behind() const noexcept { return at_ + 1 + labels().size(); }
  const std::byte* at_;
};

class record_log {
 public:
  /// False when there are 4 GiB of them. The labels are folded to lower case.
  [[nodiscard]] bool add(cbytes labels, record_type type, std::uint32_t ttl, cbytes rdata);
  /// Puts them in their order, each once, in parts that take as long as to look at so many records. True when
  /// that is done.
  [[nodiscard]] bool sort(std::size_t records);
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] kept_record operator[](std::size_t i) const noexcept { return at(places_[i]); }

 private:
  static constexpr std::size_t piece_size = 256 * 1024;
  [[nodiscard]] kept_record at(std::uint32_t place) const noexcept {
    return kept_record(pieces_[place / piece_size].get() + place % piece_size);
  }
  // Of equal records, which may differ in their TTL, the first that was added comes first, and stays.
  [[nodiscard]] std::strong_ordering order(std::uint32_t a, std::uint32_t b) const noexcept {
    const auto order = at(a) <=> at(b);
    return order != 0 ? order : a <=> b;
  }
  void insert(std::uint32_t place);
  void merge_next();
  void keep_next();

  std::vector<std::unique_ptr<std::byte[]>> pieces_;
  std::size_t used_ = piece_size;  // of the last piece
  std::vector<std::uint32_t> places_;
  bool in_order_ = true;  // and each once

  // A merge sort from below: runs of `run_` places are in order, and two of them become one in `merged_`. In
  // the end equal ones are left out.
  std::vector<std::uint32_t> merged_;
  std::size_t run_ = 1;
  std::size_t left_ = 0;   // the next place of the left run; in the end the next of all
  std::size_t right_ = 0;  // and of the right one; in the end how many are kept
};

}  // namespace mirage::dns
