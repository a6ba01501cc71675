// SPDX-License-Identifier: ISC
// Writes the nodes of a zone from its sorted records: twice, first only to measure. Names without records of
// their own (empty non-terminals, RFC 4592 §2.2.2) are made where they belong.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "mirage/core/result.hpp"
#include "mirage/dns/zone.hpp"
#include "record_log.hpp"

namespace mirage::dns {

/// Octets in the order in which they come; without memory it only counts them.
class node_output {
 public:
  explicit node_output(std::byte* to = nullptr) noexcept : to_(to) {}
  void put(cbytes octets) noexcept {
    if (to_ != nullptr && !octets.empty()) std::memcpy(to_ + size_, octets.data(), octets.size());
    size_ += octets.size();
  }
  void put8(std::size_t value) noexcept {
    if (to_ != nullptr) to_[size_] = static_cast<std::byte>(value);
    size_ += 1;
  }
  void put16(std::size_t value) noexcept {
    if (to_ != nullptr) store_be16(to_ + size_, static_cast<std::uint16_t>(value));
    size_ += 2;
  }
  void put32(std::size_t value) noexcept {
    if (to_ != nullptr) store_be32(to_ + size_, static_cast<std::uint32_t>(value));
    size_ += 4;
  }
  [[nodiscard]] std::size_t size() const noexcept { return size_; }

 private:
  std::byte* to_;
  std::size_t size_ = 0;
};

/// A node that was written.
struct written_node {
  std::size_t offset = 0;
  cbytes labels{};
  bool occluded = false;
  bool nsec = false;          ///< has NSEC records
  bool nsec3 = false;         ///< has NSEC3 records
  bool nothing_else = false;  ///< and no others: it is no name of the zone (RFC 5155 §7.2.8)
};

class node_writer {
 public:
  node_writer(const record_log& records, node_output& out) noexcept : records_(records), out_(out) {}

  /// The next node; false behind the last, and after an error.
  [[nodiscard]] bool next(written_node& node) noexcept;
  [[nodiscard]] bool failed() const noexcept { return failed_; }
  [[nodiscard]] zone_error error() const noexcept { return error_; }

 private:
  struct set_extent {
    record_type type;
    std::size_t records_begin;
    std::size_t signatures_begin;
    std::size_t end;
  };
  [[nodiscard]] set_extent set_at(std::size_t i, std::size_t end) const noexcept;
  [[nodiscard]] bool check(std::size_t begin, std::size_t end, bool apex) noexcept;
  bool wrong(zone_error why) noexcept;
  void write_set(const set_extent& set) noexcept;
  void write_records(std::size_t begin, std::size_t end) noexcept;
  [[nodiscard]] std::size_t octets_of(std::size_t begin, std::size_t end) const noexcept;

  const record_log& records_;
  node_output& out_;
  std::size_t at_ = 0;  // the next record
  cbytes last_{};       // the labels of the node before
  cbytes occluder_{};   // of the cut or DNAME whose inside this may be
  bool has_occluder_ = false;
  bool started_ = false;
  bool failed_ = false;
  zone_error error_{};
};

}  // namespace mirage::dns
