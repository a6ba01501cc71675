// SPDX-License-Identifier: ISC
// A disk of a virtual machine: virtio 1.2 §5.2. The device reads and writes the memory of the caller's
// buffers.
#pragma once

#include <array>
#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>

#include "mirage/block_counters.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/semaphore.hpp"
#include "mirage/core/task.hpp"
#include "mirage/v1.hpp"
#include "mirage/virtio/device.hpp"

namespace mirage::virtio {

struct block_options {
  std::uint16_t in_flight = 128;  ///< operations at most; more wait for their turn
};

/// `v1::block`. What is written is certain after `flush()`, and at once where the device has no cache that
/// could lose it. A device that broke the rules gives `disconnected`, also to what was in flight.
///
/// Not implemented: several queues, a change of the size while it runs; an operation of more segments than
/// the device takes gives `no_memory`.
class block : event_source, doorbell {
 public:
  /// `name` must outlive it.
  block(std::string_view name, bus& from, const block_options& options = {}) noexcept;
  block(const block&) = delete;
  block& operator=(const block&) = delete;
  /// It must have been stopped, if it was started.
  ~block();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();
  /// Waits three seconds at most for what is in flight.
  task<> stop();

  [[nodiscard]] v1::block_info info() const noexcept { return info_; }
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);

 private:
  enum class request : std::uint32_t { in = 0, out = 1, flush = 4, discard = 11 };
  class completion;
  static constexpr std::size_t header_size = 16;
  // What an operation needs while the device has it, whoever waits for it.
  struct slot {
    std::array<std::byte, header_size> header{};
    std::byte status{};
    buffer_list data;
    std::optional<semaphore::permit> permit;
    completion* who = nullptr;
    slot* next = nullptr;  // free
  };
  using outcome = result<void, v1::block_error>;

  bool poll() noexcept override;
  void ring() noexcept override;
  [[nodiscard]] result<void, device_error> open();
  [[nodiscard]] result<void, device_error> read_layout() noexcept;
  void close() noexcept;
  void fail(queue_fault fault) noexcept;
  void fail_all() noexcept;

  [[nodiscard]] bool is_inside(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] std::size_t segments_of(const buffer_list& data) const noexcept;
  [[nodiscard]] bool gather(buffer_list& data, std::uint64_t size) noexcept;
  task<outcome> run(request what, std::uint64_t sector, buffer_list data);
  void submit(slot& one, request what, std::uint64_t sector) noexcept;
  void finish(slot& one, outcome how) noexcept;
  [[nodiscard]] outcome outcome_of(std::byte status) noexcept;

  std::string_view name_;
  block_options options_;
  device device_;
  v1::block_info info_;
  std::uint32_t segment_bytes_ = 0;  // of one piece
  std::uint16_t segments_ = 1;       // of one operation
  std::uint32_t discard_sectors_ = 0;
  std::unique_ptr<virtqueue> queue_;
  semaphore turns_{0};
  std::unique_ptr<slot[]> slots_;
  std::unique_ptr<slot*[]> by_chain_;
  slot* free_slots_ = nullptr;
  event idle_;
  bool polling_ = false;

  ring_block_counters counters_{name_};
  counter copied_{counters_.label, "block_copied_writes_total",
                  "Writes that were copied, being in too many pieces"};
};

static_assert(v1::block<block>);

}  // namespace mirage::virtio
