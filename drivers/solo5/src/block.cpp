// SPDX-License-Identifier: ISC
#include "mirage/solo5/block.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

#include "mirage/core/sleep.hpp"

namespace mirage::solo5 {

using v1::block_error;

block::block(std::string_view name, std::string_view device) noexcept : name_(name), device_name_(device) {}

task<result<void, device_error>> block::start() {
  device_ = find_device(entry_type::block, device_name_);
  if (device_ == nullptr) co_return fail(device_error::not_attached);
  info_ = {.sector_size = device_->block_size, .sectors = device_->capacity / device_->block_size};
  co_return {};
}

bool block::is_inside(std::uint64_t first, std::uint64_t count) const noexcept {
  return first <= info_.sectors && count <= info_.sectors - first;
}

// ---- Reading -------------------------------------------------------------------------------------------

task<result<buffer, block_error>> block::read(std::uint64_t first, std::uint32_t count) {
  auto content = read_now(first, count);
  co_await yield();
  co_return content;
}

result<buffer, block_error> block::read_now(std::uint64_t first, std::uint32_t count) noexcept {
  if (!is_inside(first, count)) return fail(block_error::out_of_range);
  ++counters_.reads;
  if (count == 0) return buffer{};
  // A buffer has less than 4 GiB.
  const std::uint64_t size = std::uint64_t{count} * info_.sector_size;
  buffer content = size <= UINT32_MAX ? buffer::allocate(static_cast<std::size_t>(size)) : buffer{};
  if (!content) {
    ++counters_.refused;
    return fail(block_error::no_memory);
  }
  std::uint64_t offset = first * info_.sector_size;
  for (bytes left = content.writable(); !left.empty(); left = left.subspan(info_.sector_size)) {
    if (!block_read(*device_, offset, left.first(info_.sector_size))) {
      ++counters_.failed;
      return fail(block_error::device_failed);
    }
    offset += info_.sector_size;
  }
  return content;
}

// ---- Writing -------------------------------------------------------------------------------------------

task<result<void, block_error>> block::write(std::uint64_t first, buffer data) {
  buffer_list list;
  list.push_back(std::move(data));
  return write(first, std::move(list));
}

task<result<void, block_error>> block::write(std::uint64_t first, buffer_list data) {
  const auto written = write_now(first, data);
  data.clear();
  co_await yield();
  co_return written;
}

result<void, block_error> block::write_now(std::uint64_t first, const buffer_list& data) noexcept {
  const std::size_t size = total_size(data);
  if (size % info_.sector_size != 0) return fail(block_error::misaligned);
  if (!is_inside(first, size / info_.sector_size)) return fail(block_error::out_of_range);
  ++counters_.writes;
  const auto written = gather(first, data);
  if (!written) ++(written.error() == block_error::no_memory ? counters_.refused : counters_.failed);
  return written;
}

// Whole sectors go out from where they lie; one that lies in several parts is put together first.
result<void, block_error> block::gather(std::uint64_t first, const buffer_list& data) noexcept {
  const std::size_t sector = info_.sector_size;
  std::uint64_t offset = first * sector;
  buffer together;
  std::size_t gathered = 0;
  for (const buffer& part : data) {
    cbytes left = part.view();
    while (!left.empty()) {
      if (gathered == 0 && left.size() >= sector) {
        MIRAGE_TRY_VOID(put(offset, left.first(sector)));
        left = left.subspan(sector);
        continue;
      }
      if (!together) together = buffer::allocate(sector);
      if (!together) return fail(block_error::no_memory);
      const std::size_t taken = std::min(sector - gathered, left.size());
      std::memcpy(together.writable().data() + gathered, left.data(), taken);
      left = left.subspan(taken);
      gathered = (gathered + taken) % sector;
      if (gathered == 0) MIRAGE_TRY_VOID(put(offset, together.view()));
    }
  }
  return {};
}

result<void, block_error> block::put(std::uint64_t& offset, cbytes block) noexcept {
  const auto written = block_write(*device_, offset, block);
  offset += block.size();
  if (!written) return fail(block_error::device_failed);
  return {};
}

// ---- What no call of Solo5's does ----------------------------------------------------------------------

task<result<void, block_error>> block::flush() { co_return {}; }

task<result<void, block_error>> block::discard(std::uint64_t first, std::uint64_t count) {
  if (!is_inside(first, count)) co_return fail(block_error::out_of_range);
  co_return {};
}

}  // namespace mirage::solo5
