// SPDX-License-Identifier: ISC
// The front end's side of a shared ring (Xen's public header io/ring.h): requests and responses go round in
// one page, an entry each, with an index of each kind and the index at which either side wants to be woken.
//
// The backend is not trusted. Our own indices are never read back, a response is copied out once before
// anybody looks at it, and which numbers are in flight is kept in `request_numbers`.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mirage/core/bytes.hpp"

namespace mirage::xen {

/// What a backend did that none may do. `bad_order`: the parts of a message do not follow each other as they
/// must. `grant_kept`: it answered, and yet holds on to the memory.
enum class ring_fault : std::uint8_t {
  none,
  index_jumped,
  id_out_of_range,
  not_in_flight,
  bad_length,
  bad_order,
  grant_kept
};
[[nodiscard]] constexpr std::string_view describe(ring_fault fault) noexcept {
  constexpr std::array<std::string_view, 7> words{
      "none", "index_jumped", "id_out_of_range", "not_in_flight", "bad_length", "bad_order", "grant_kept"};
  return words[static_cast<std::size_t>(fault)];
}

class front_ring {
 public:
  /// A fresh ring in a page of ours, which it refers to; `entry` is the size of the longer of request and
  /// response, a multiple of four.
  front_ring(std::byte* page, std::size_t entry) noexcept;
  front_ring(const front_ring&) = delete;
  front_ring& operator=(const front_ring&) = delete;

  /// Entries: the power of two that the page holds.
  [[nodiscard]] std::uint32_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint32_t in_flight() const noexcept { return added_ - taken_; }
  [[nodiscard]] std::uint32_t room() const noexcept { return size_ - in_flight(); }

  struct request {
    std::byte* entry;     ///< to be written, never read
    std::uint32_t place;  ///< below `size()`; where the response to it comes, if the protocol says so
  };
  /// The next request; there must be room. The backend sees it after `publish`.
  [[nodiscard]] request add() noexcept;
  /// Shows what was added. True when the backend wants to be notified.
  [[nodiscard]] bool publish() noexcept;

  struct response {
    enum class kind : std::uint8_t { none, one, broken } what = kind::none;
    std::uint32_t place = 0;
  };
  /// Copies the first bytes of the next response, as many as `to` has (a multiple of four). `broken`: the
  /// backend's index jumped, and it stays so.
  [[nodiscard]] response take(bytes to) noexcept;

  /// Asks for an event with the response after `more` others. False when those have come already: then there
  /// may be none.
  [[nodiscard]] bool arm(std::uint32_t more = 0) noexcept;

 private:
  [[nodiscard]] std::byte* at(std::uint32_t index) const noexcept;

  std::byte* page_;
  std::size_t entry_;
  std::uint32_t size_;
  std::uint32_t added_ = 0;
  std::uint32_t published_ = 0;
  std::uint32_t taken_ = 0;
  bool broken_ = false;
};

/// The numbers by which requests are told apart, and which of them are in flight.
class request_numbers {
 public:
  explicit request_numbers(std::uint16_t count);

  [[nodiscard]] std::uint16_t free() const noexcept { return free_; }
  /// One that is not in flight, which it is now; there must be one.
  [[nodiscard]] std::uint16_t take() noexcept;
  /// `none` when the backend may answer to that number; it is free then.
  [[nodiscard]] ring_fault give_back(std::uint64_t number) noexcept;
  [[nodiscard]] bool is_in_flight(std::uint16_t number) const noexcept { return next_[number] == taken; }

 private:
  static constexpr std::uint16_t taken = 0xffff;
  std::uint16_t count_;
  std::uint16_t free_;
  std::uint16_t first_ = 0;
  std::unique_ptr<std::uint16_t[]> next_;  // of the free ones
};

}  // namespace mirage::xen
