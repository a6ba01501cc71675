// SPDX-License-Identifier: ISC
// A disk in memory, which can lose its power and go bad in places.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string_view>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/waiter.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

struct block_options {
  std::uint32_t sector_size = 512;
  std::uint64_t sectors = 2048;
  bool read_only = false;
  bool can_discard = false;
  duration latency{};          ///< of each operation; none: done in the next round of the loop
  std::size_t in_flight = 64;  ///< operations that are not done; more get `no_memory`
};

/// `v1::block`. Operations are done one after another, in the order of asking.
class block {
 public:
  explicit block(block_options options = {}, std::string_view name = "memory_block");
  block(const block&) = delete;
  block& operator=(const block&) = delete;
  ~block();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] v1::block_info info() const noexcept {
    return {options_.sector_size, options_.sectors, options_.read_only, options_.can_discard};
  }
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);

  /// Waits for what is in flight.
  task<> stop();

  // ---- For tests ----

  /// The power fails and comes back: what was not flushed is lost, and what is in flight fails.
  void crash();
  /// From now on, operations that touch these sectors fail; none are bad when `count` is 0.
  void go_bad(std::uint64_t first, std::uint64_t count) noexcept {
    bad_first_ = first;
    bad_count_ = count;
  }

 private:
  struct operation;
  using pending = std::shared_ptr<operation>;

  [[nodiscard]] bool is_within(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] bool is_bad(std::uint64_t first, std::uint64_t count) const noexcept;
  task<result<void, v1::block_error>> submit_and_wait(pending work);
  task<result<buffer, v1::block_error>> read_and_wait(pending work);
  static pending refused(v1::block_error why);
  pending make(std::uint64_t first, std::uint64_t count);
  void submit(const pending& work);
  void carry_out_due() noexcept;
  void carry_out(operation& work) noexcept;

  block_options options_;
  std::string_view name_;
  std::vector<std::byte> content_;
  std::vector<std::byte> stable_;  // as of the last flush
  std::deque<pending> in_flight_;
  std::uint64_t bad_first_ = 0;
  std::uint64_t bad_count_ = 0;
  event idle_;
  alarm due_;
  counter refused_{
      "block_refused_total", {{"device", name_}}, "Operations beyond the cap of those in flight"};
};

static_assert(v1::block<block>);

}  // namespace mirage::memory
