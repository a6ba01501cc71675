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
  /// Puts them in their order, each once.
  void sort();
  [[nodiscard]] std::size_t size() const noexcept { return places_.size(); }
  [[nodiscard]] kept_record operator[](std::size_t i) const noexcept { return at(places_[i]); }

 private:
  static constexpr std::size_t piece_size = 256 * 1024;
  [[nodiscard]] kept_record at(std::uint32_t place) const noexcept {
    return kept_record(pieces_[place / piece_size].get() + place % piece_size);
  }
  std::vector<std::unique_ptr<std::byte[]>> pieces_;
  std::size_t used_ = piece_size;  // of the last piece
  std::vector<std::uint32_t> places_;
};

}  // namespace mirage::dns
