// SPDX-License-Identifier: ISC
#include "mirage/virtio/block.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "mirage/core/endian.hpp"
#include "mirage/core/frame.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/when.hpp"

namespace mirage::virtio {

namespace {

// Feature bits, §5.2.3.
namespace blk_feature {
constexpr unsigned size_max = 1;
constexpr unsigned seg_max = 2;
constexpr unsigned read_only = 5;
constexpr unsigned block_size = 6;
constexpr unsigned flush = 9;
constexpr unsigned discard = 13;
}  // namespace blk_feature

// The configuration, §5.2.4.
constexpr std::size_t capacity_at = 0;
constexpr std::size_t size_max_at = 8;
constexpr std::size_t seg_max_at = 12;
constexpr std::size_t block_size_at = 20;
constexpr std::size_t max_discard_sectors_at = 36;

constexpr std::uint16_t request_queue = 0;
// The unit of every sector number, whatever the size of the device's blocks (§5.2.6).
constexpr std::uint32_t unit = 512;

// §5.2.6: the last byte of a request, which the device writes.
constexpr std::byte status_ok{0};
constexpr std::byte status_not_written{0xff};

constexpr unsigned most_entries = 32768;
constexpr std::uint16_t most_segments = 32;
constexpr std::size_t header_and_status = 2;
constexpr duration stop_limit = 3s;

std::uint64_t choose(std::uint64_t offered) noexcept {
  using namespace blk_feature;
  return offered & feature_bits({size_max, seg_max, read_only, block_size, flush, discard});
}

}  // namespace

// Waits for one operation. The slot tells it when it is done; when it goes before, the slot goes on alone.
class block::completion : waiter {
 public:
  explicit completion(slot& of) noexcept : slot_(&of) { of.who = this; }
  completion(const completion&) = delete;
  completion& operator=(const completion&) = delete;
  ~completion() {
    if (slot_ != nullptr) slot_->who = nullptr;
  }

  [[nodiscard]] bool await_ready() const noexcept { return slot_ == nullptr; }
  template <task_promise Promise>
  void await_suspend(std::coroutine_handle<Promise> who) noexcept {
    suspend(who.promise(), "virtio block");
  }
  [[nodiscard]] outcome await_resume() const noexcept { return outcome_; }

  void finish(outcome how) noexcept {
    slot_ = nullptr;
    outcome_ = how;
    if (suspended() != nullptr) os::here->tasks.wake(*this);
  }

 private:
  slot* slot_;
  outcome outcome_;
};

block::block(std::string_view name, bus& from, const block_options& options) noexcept
    : name_(name), options_(options), device_(name, from) {}

block::~block() { require(queue_ == nullptr, "a disk is destroyed: await stop() first"); }

// ---- Starting and stopping -----------------------------------------------------------------------------

task<result<void, device_error>> block::start() {
  auto opened = open();
  if (!opened) close();
  co_return opened;
}

result<void, device_error> block::open() {
  MIRAGE_TRY_VOID(device_.begin(device_kind::block, choose));
  MIRAGE_TRY_VOID(read_layout());
  const auto pieces = static_cast<std::uint16_t>(segments_ + header_and_status);
  const bool by_table = device_.has(feature::indirect_descriptors);
  // Without tables, an operation in one piece leaves room for the most of them.
  if (!by_table) segments_ = 1;
  constexpr std::uint16_t direct = header_and_status + 1;
  const unsigned entries = std::min(most_entries, options_.in_flight * (by_table ? 1U : direct));
  MIRAGE_TRY(queue_, device_.make_queue(request_queue, static_cast<std::uint16_t>(std::bit_ceil(entries)),
                                        direct, pieces));
  const auto turns =
      std::min<std::size_t>(options_.in_flight, by_table ? queue_->size() : queue_->size() / direct);
  slots_ = std::make_unique<slot[]>(turns);
  by_chain_ = std::make_unique<slot*[]>(queue_->size());
  for (std::size_t i = 0; i < turns; ++i) {
    slots_[i].next = std::exchange(free_slots_, &slots_[i]);
    turns_.release();
  }
  machine::watch_interrupt(*this, device_.registers().interrupt());
  device_.run();
  static_cast<void>(queue_->arm());
  return {};
}

result<void, device_error> block::read_layout() noexcept {
  info_.sector_size = unit;
  if (device_.has(blk_feature::block_size))
    info_.sector_size = device_.configuration<std::uint32_t>(block_size_at);
  if (!std::has_single_bit(info_.sector_size) || info_.sector_size < unit || info_.sector_size > (1U << 20U))
    return mirage::fail(device_error::bad_layout);
  const auto capacity = device_.configuration<std::uint64_t>(capacity_at);
  if (capacity > std::numeric_limits<std::uint64_t>::max() / unit)
    return mirage::fail(device_error::bad_layout);
  info_.sectors = capacity / (info_.sector_size / unit);
  info_.read_only = device_.has(blk_feature::read_only);
  if (device_.has(blk_feature::discard)) {
    discard_sectors_ =
        device_.configuration<std::uint32_t>(max_discard_sectors_at) / (info_.sector_size / unit);
  }
  info_.can_discard = discard_sectors_ != 0 && !info_.read_only;
  segment_bytes_ = std::numeric_limits<std::uint32_t>::max();
  if (device_.has(blk_feature::size_max)) segment_bytes_ = device_.configuration<std::uint32_t>(size_max_at);
  if (segment_bytes_ < info_.sector_size) return mirage::fail(device_error::bad_layout);
  std::uint32_t segments = 1;
  if (device_.has(blk_feature::seg_max)) segments = device_.configuration<std::uint32_t>(seg_max_at);
  segments_ = static_cast<std::uint16_t>(std::clamp<std::uint32_t>(segments, 1, most_segments));
  return {};
}

task<> block::stop() {
  auto all_done = [](block& self) -> task<> {
    while (self.queue_ != nullptr && self.queue_->in_flight() != 0 && self.device_.running())
      co_await self.idle_;
  };
  static_cast<void>(co_await with_timeout(stop_limit, all_done(*this)));
  if (device_.running()) device_.reset();
  close();
}

void block::close() noexcept {
  if (queue_ == nullptr) return;
  machine::unwatch_interrupt(*this, device_.registers().interrupt());
  event_source::unlink();
  doorbell::unlink();
  fail_all();
  queue_.reset();
}

void block::fail(queue_fault fault) noexcept {
  device_.fail(fault);
  fail_all();
}

void block::fail_all() noexcept {
  for (std::uint16_t i = 0; i < queue_->size(); ++i)
    if (slot* const one = std::exchange(by_chain_[i], nullptr))
      finish(*one, mirage::fail(v1::block_error::disconnected));
  idle_.set();
}

// ---- Requests ------------------------------------------------------------------------------------------

task<block::outcome> block::run(request what, std::uint64_t sector, buffer_list data) {
  auto turn = co_await turns_.acquire();
  if (!device_.running()) co_return mirage::fail(v1::block_error::disconnected);
  slot& mine = *std::exchange(free_slots_, free_slots_->next);
  mine.permit.emplace(std::move(turn));
  mine.data = std::move(data);
  submit(mine, what, sector);
  completion done(mine);
  co_return co_await done;
}

void block::submit(slot& one, request what, std::uint64_t sector) noexcept {
  store_le32(one.header.data(), static_cast<std::uint32_t>(what));
  store_le32(one.header.data() + 4, 0);
  store_le64(one.header.data() + 8, sector * (info_.sector_size / unit));
  one.status = status_not_written;
  inline_vector<cbytes, most_segments + header_and_status> pieces;
  pieces.push_back(one.header);
  for (const buffer& each : one.data)
    for (cbytes rest = each.view(); !rest.empty(); rest = rest.subspan(pieces.back().size()))
      pieces.push_back(rest.first(std::min<std::size_t>(rest.size(), segment_bytes_)));
  pieces.push_back({&one.status, 1});
  const std::span all(pieces.data(), pieces.size());
  const std::size_t read = what == request::in ? 1 : all.size() - 1;
  const std::uint16_t chain = queue_->add(all.first(read), all.subspan(read));
  by_chain_[chain] = &one;
  idle_.reset();
  os::here->tasks.ring_later(*this);
}

void block::finish(slot& one, outcome how) noexcept {
  if (device_.running() || device_.at_rest()) one.data.clear();  // else the device may still write there
  if (completion* const who = std::exchange(one.who, nullptr)) who->finish(how);
  one.next = std::exchange(free_slots_, &one);
  one.permit.reset();
}

block::outcome block::outcome_of(std::byte status) noexcept {
  if (status == status_ok) return {};
  ++counters_.failed;
  return mirage::fail(v1::block_error::device_failed);
}

void block::ring() noexcept {
  if (!device_.running() || !queue_->publish()) return;
  ++counters_.doorbells;
  device_.registers().notify(request_queue);
}

bool block::poll() noexcept {
  if (!device_.running()) return false;
  if (!polling_ && (device_.registers().take_interrupts() & interrupt_cause::configuration) != 0 &&
      device_.has_failed()) {
    fail_all();
    return false;
  }
  queue_->disarm();
  std::size_t taken = 0;
  for (; taken < options_.in_flight; ++taken) {
    const auto done = queue_->take();
    if (done.what == virtqueue::completion::kind::none) break;
    if (done.what == virtqueue::completion::kind::broken) {
      fail(queue_->fault());
      return false;
    }
    slot& one = *std::exchange(by_chain_[done.chain], nullptr);
    finish(one, outcome_of(one.status));
  }
  os::here->tasks.found(taken);
  if (queue_->in_flight() == 0) idle_.set();
  polling_ = taken != 0 || !queue_->arm();
  return polling_;
}

// ---- Operations ----------------------------------------------------------------------------------------

bool block::is_inside(std::uint64_t first, std::uint64_t count) const noexcept {
  return first <= info_.sectors && count <= info_.sectors - first;
}

std::size_t block::segments_of(const buffer_list& data) const noexcept {
  std::size_t count = 0;
  for (const buffer& each : data)
    count += each.size() / segment_bytes_ + (each.size() % segment_bytes_ != 0 ? 1 : 0);
  return count;
}

// Makes one piece of several where the device takes no more; false when it cannot.
bool block::gather(buffer_list& data, std::uint64_t size) noexcept {
  if (segments_of(data) <= segments_) return true;
  buffer whole = buffer::allocate(size);
  if (!whole) return false;
  std::byte* to = whole.writable().data();
  for (const buffer& each : data) {
    if (each.empty()) continue;
    std::memcpy(to, each.data(), each.size());
    to += each.size();
  }
  data.clear();
  data.push_back(std::move(whole));
  ++copied_;
  return segments_of(data) <= segments_;
}

task<result<buffer, v1::block_error>> block::read(std::uint64_t first, std::uint32_t count) {
  if (!is_inside(first, count)) co_return mirage::fail(v1::block_error::out_of_range);
  const std::uint64_t size = std::uint64_t{count} * info_.sector_size;
  if (size == 0) co_return buffer();
  ++counters_.reads;
  buffer room = size <= std::numeric_limits<std::uint32_t>::max() ? buffer::allocate(size) : buffer();
  buffer_list data;
  data.push_back(room.share());
  if (!room || segments_of(data) > segments_) {
    ++counters_.refused;
    co_return mirage::fail(v1::block_error::no_memory);
  }
  auto done = co_await run(request::in, first, std::move(data));
  MIRAGE_CO_TRY_VOID(done);
  co_return room;
}

task<result<void, v1::block_error>> block::write(std::uint64_t first, buffer data) {
  buffer_list list;
  list.push_back(std::move(data));
  return write(first, std::move(list));
}

task<result<void, v1::block_error>> block::write(std::uint64_t first, buffer_list data) {
  const std::uint64_t size = total_size(data);
  if (info_.read_only) co_return mirage::fail(v1::block_error::read_only);
  if (size % info_.sector_size != 0) co_return mirage::fail(v1::block_error::misaligned);
  if (!is_inside(first, size / info_.sector_size)) co_return mirage::fail(v1::block_error::out_of_range);
  if (size == 0) co_return {};
  ++counters_.writes;
  if (size > std::numeric_limits<std::uint32_t>::max() || !gather(data, size)) {
    ++counters_.refused;
    co_return mirage::fail(v1::block_error::no_memory);
  }
  co_return co_await run(request::out, first, std::move(data));
}

task<result<void, v1::block_error>> block::flush() {
  // Without the feature the device has no cache that could lose something (§5.2.6.2).
  if (info_.read_only || !device_.has(blk_feature::flush)) co_return {};
  co_return co_await run(request::flush, 0, {});
}

task<result<void, v1::block_error>> block::discard(std::uint64_t first, std::uint64_t count) {
  if (info_.read_only) co_return mirage::fail(v1::block_error::read_only);
  if (!is_inside(first, count)) co_return mirage::fail(v1::block_error::out_of_range);
  if (!info_.can_discard) co_return {};
  const std::uint32_t scale = info_.sector_size / unit;
  while (count != 0) {
    const auto part = static_cast<std::uint32_t>(std::min<std::uint64_t>(count, discard_sectors_));
    std::array<std::byte, 16> segment{};
    store_le64(segment.data(), first * scale);
    store_le32(segment.data() + 8, part * scale);
    buffer_list data;
    data.push_back(buffer::copy_of(segment));
    if (!data.front()) {
      ++counters_.refused;
      co_return mirage::fail(v1::block_error::no_memory);
    }
    auto done = co_await run(request::discard, 0, std::move(data));
    MIRAGE_CO_TRY_VOID(done);
    first += part;
    count -= part;
  }
  co_return {};
}

}  // namespace mirage::virtio
