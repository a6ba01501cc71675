// SPDX-License-Identifier: ISC
// A disk of a Xen guest: the front end of Xen's public header io/blkif.h. Data goes through pages of the
// driver that are granted once, and that the back end may keep mapped.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mirage/block_counters.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/semaphore.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"
#include "mirage/xen/completion.hpp"
#include "mirage/xen/page_set.hpp"
#include "mirage/xen/ring.hpp"
#include "mirage/xen/xenbus.hpp"

namespace mirage::xen {

struct block_options {
  std::string_view which{};   ///< number or name (`xvda`) of the disk; empty: the next that nobody has
  std::uint16_t pages = 128;  ///< of 4 KiB, for what is in flight; at least 12. More waits for its turn
};

/// `v1::block`. At most 32 requests are in flight, of 11 pages, or of up to 32 where the back end takes
/// indirect segments; a longer operation is several of them, one behind the other. What is written is certain
/// after `flush()`, and at once where the back end has no cache that could lose it.
///
/// The back end sees no memory but the pages of this driver; what was read is copied out of them once. While
/// it is away, and for ever once it has broken the rules, all is `disconnected`, also what was in flight; one
/// that comes back must have the same geometry, and take as many segments. A resume from saved memory is
/// different: what was in flight is asked again, and what is new waits, until the disk is there.
///
/// Not implemented: rings of several pages, several rings, barriers but to flush, secure discard.
class block : event_source, doorbell, frontend::driver {
 public:
  /// `name` must outlive it.
  block(std::string_view name, xenbus& on, const block_options& options = {}) noexcept;
  block(const block&) = delete;
  block& operator=(const block&) = delete;
  /// It must have been stopped, if it was started.
  ~block();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();
  /// Waits three seconds at most for what is in flight, and one until the back end has let go of the device.
  task<> stop();

  [[nodiscard]] v1::block_info info() const noexcept { return info_; }
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);

 private:
  enum class operation : std::uint8_t {
    read = 0,
    write = 1,
    barrier = 2,
    flush = 3,
    discard = 5,
    indirect = 6
  };
  static constexpr std::uint16_t most_requests = 32;
  static constexpr std::uint16_t direct_segments = 11;
  static constexpr std::uint16_t most_segments = 32;
  // What came of a request, with the buffer that was handed in with it. `interrupted`: nobody knows.
  struct outcome {
    enum class kind : std::uint8_t { done, failed, disconnected, interrupted } what;
    buffer into{};
  };

  // A part of an operation: what one request carries.
  struct part {
    operation what{};
    std::uint64_t sector = 0;  // of 512 bytes
    std::uint64_t size = 0;    // bytes
    buffer into{};             // of a read
    std::size_t offset = 0;    // in it
  };
  struct request {
    operation what{};
    buffer into;
    std::size_t offset = 0;
    std::size_t size = 0;
    inline_vector<std::uint16_t, most_segments + 1> pages;  // the last is that of the segments, if indirect
    completer<outcome> who;
  };

  bool poll() noexcept override;
  void ring() noexcept override;
  task<result<void, device_error>> negotiate() override;
  task<result<void, device_error>> connect() override;
  void lost() noexcept override;
  void interrupted() noexcept override;
  void release() noexcept override;
  void end_all(outcome::kind how) noexcept;

  [[nodiscard]] result<void, device_error> make_ring() noexcept;
  task<result<v1::block_info, device_error>> read_layout();
  [[nodiscard]] bool is_inside(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] std::uint64_t in_units(std::uint64_t sectors) const noexcept;
  [[nodiscard]] std::size_t most_bytes() const noexcept;
  task<result<buffer, v1::block_error>> run(part one, const buffer_list* from);
  [[nodiscard]] std::size_t pages_for(const part& one) const noexcept;
  void submit(std::uint16_t number, part& one, const buffer_list* from) noexcept;
  void put_segments(std::byte* entry, request& one, std::uint64_t sector) noexcept;
  void copy_in(request& one, const buffer_list& from, std::size_t offset) noexcept;
  [[nodiscard]] ring_fault take(cbytes response) noexcept;
  void finish(request& one, outcome::kind how) noexcept;

  std::string_view name_;
  block_options options_;
  frontend front_;
  v1::block_info info_;
  bool known_ = false;  // `info_`, from the first back end
  std::uint16_t segments_ = direct_segments;
  operation flush_by_ = operation::read;  // which request flushes; a read: none
  std::uint64_t virtual_device_ = 0;

  event_port port_ = 0;
  shared_page ring_page_;
  std::optional<front_ring> ring_;
  std::optional<request_numbers> numbers_;
  page_set pages_;
  std::unique_ptr<request[]> requests_;
  semaphore gate_{1};  // who waits for a request and pages
  event freed_;        // some came back, or the device went away
  bool up_ = false;
  bool interrupted_ = false;  // it is expected back
  bool polling_ = false;

  ring_block_counters counters_{name_};
};

static_assert(v1::block<block>);

}  // namespace mirage::xen
