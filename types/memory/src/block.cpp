// SPDX-License-Identifier: ISC
#include "mirage/memory/block.hpp"

#include <algorithm>
#include <cstring>
#include <optional>

#include "mirage/core/os.hpp"

namespace mirage::memory {

/// Held by the device until it is done, and by the task that waits for it, if that is still there.
struct block::operation {
  enum class kind : std::uint8_t { read, write, flush, discard } what{};
  std::uint64_t first = 0;
  std::uint64_t count = 0;
  buffer_list data;
  instant due{};
  std::optional<result<void, v1::block_error>> outcome;
  event done;
};

block::block(block_options options, std::string_view name)
    : options_(options),
      name_(name),
      content_(static_cast<std::size_t>(options.sectors) * options.sector_size),
      stable_(content_),
      due_([](void* self) noexcept { static_cast<block*>(self)->carry_out_due(); }, this) {
  idle_.set();
}

block::~block() { require(in_flight_.empty(), "a disk is destroyed while it works: await stop() first"); }

task<> block::stop() { co_await idle_; }

bool block::is_within(std::uint64_t first, std::uint64_t count) const noexcept {
  return first <= options_.sectors && count <= options_.sectors - first;
}

bool block::is_bad(std::uint64_t first, std::uint64_t count) const noexcept {
  return bad_count_ != 0 && first < bad_first_ + bad_count_ && bad_first_ < first + count;
}

// ---- Asking --------------------------------------------------------------------------------------------

block::pending block::refused(v1::block_error why) {
  auto work = std::make_shared<operation>();
  work->outcome = fail(why);
  return work;
}

block::pending block::make(std::uint64_t first, std::uint64_t count) {
  if (!is_within(first, count)) return refused(v1::block_error::out_of_range);
  auto work = std::make_shared<operation>();
  work->first = first;
  work->count = count;
  return work;
}

void block::submit(const pending& work) {
  if (work->outcome) return;
  if (in_flight_.size() >= options_.in_flight) {
    ++refused_;
    work->outcome = fail(v1::block_error::no_memory);
    return;
  }
  work->due = later(os::now(), options_.latency);
  in_flight_.push_back(work);
  idle_.reset();
  if (in_flight_.size() == 1) due_.set(work->due);
}

task<result<void, v1::block_error>> block::submit_and_wait(pending work) {
  submit(work);
  if (!work->outcome) co_await work->done;
  co_return *work->outcome;
}

task<result<buffer, v1::block_error>> block::read_and_wait(pending work) {
  submit(work);
  if (!work->outcome) co_await work->done;
  if (!*work->outcome) co_return fail(work->outcome->error());
  co_return std::move(work->data.front());
}

task<result<buffer, v1::block_error>> block::read(std::uint64_t first, std::uint32_t count) {
  return read_and_wait(make(first, count));
}

task<result<void, v1::block_error>> block::write(std::uint64_t first, buffer data) {
  buffer_list list;
  list.push_back(std::move(data));
  return write(first, std::move(list));
}

task<result<void, v1::block_error>> block::write(std::uint64_t first, buffer_list data) {
  const std::size_t size = total_size(data);
  if (options_.read_only) return submit_and_wait(refused(v1::block_error::read_only));
  if (size % options_.sector_size != 0) return submit_and_wait(refused(v1::block_error::misaligned));
  pending work = make(first, size / options_.sector_size);
  work->what = operation::kind::write;
  work->data = std::move(data);
  return submit_and_wait(std::move(work));
}

task<result<void, v1::block_error>> block::flush() {
  pending work = make(0, 0);
  work->what = operation::kind::flush;
  return submit_and_wait(std::move(work));
}

task<result<void, v1::block_error>> block::discard(std::uint64_t first, std::uint64_t count) {
  if (options_.read_only) return submit_and_wait(refused(v1::block_error::read_only));
  pending work = make(first, count);
  work->what = operation::kind::discard;
  return submit_and_wait(std::move(work));
}

// ---- Doing ---------------------------------------------------------------------------------------------

void block::carry_out_due() noexcept {
  while (!in_flight_.empty() && in_flight_.front()->due <= os::now()) {
    const pending work = std::move(in_flight_.front());
    in_flight_.pop_front();
    carry_out(*work);
    work->done.set();
  }
  if (in_flight_.empty())
    idle_.set();
  else
    due_.set(in_flight_.front()->due);
}

void block::carry_out(operation& work) noexcept {
  const std::size_t size = static_cast<std::size_t>(work.count) * options_.sector_size;
  auto at = content_.begin() + static_cast<std::ptrdiff_t>(work.first * options_.sector_size);
  if (is_bad(work.first, work.count)) {
    work.outcome = fail(v1::block_error::device_failed);
    return;
  }
  work.outcome.emplace();
  switch (work.what) {
    case operation::kind::read: {
      buffer read = buffer::copy_of({at, at + static_cast<std::ptrdiff_t>(size)});
      if (!read) work.outcome = fail(v1::block_error::no_memory);
      work.data.push_back(std::move(read));
      break;
    }
    case operation::kind::write:
      for (const buffer& part : work.data) at = std::ranges::copy(part.view(), at).out;
      work.data.clear();
      break;
    case operation::kind::flush: stable_ = content_; break;
    case operation::kind::discard:
      // Anything may be read from discarded sectors: nothing that makes sense.
      if (options_.can_discard) std::fill_n(at, size, std::byte{0xdb});
      break;
  }
}

void block::crash() {
  for (const pending& work : in_flight_) {
    work->outcome = fail(v1::block_error::device_failed);
    work->done.set();
  }
  in_flight_.clear();
  due_.clear();
  idle_.set();
  content_ = stable_;
}

}  // namespace mirage::memory
