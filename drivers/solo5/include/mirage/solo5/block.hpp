// SPDX-License-Identifier: ISC
// A disk that a Solo5 tender has attached: one block a call, and the unikernel waits with each.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/block_counters.hpp"
#include "mirage/core/buffer_list.hpp"
#include "mirage/core/task.hpp"
#include "mirage/solo5/calls.hpp"
#include "mirage/solo5/error.hpp"
#include "mirage/v1.hpp"

namespace mirage::solo5 {

/// `v1::block`; a sector is a block of the tender's. Every operation is done before anybody else runs, and
/// then gives way once, so that a task that reads a whole disk does not hold the loop.
///
/// Not there, because no call of Solo5's says it: `flush` is as good as the tender's own promise
/// (`mirage-spt` writes through to the disk, Solo5's tenders leave that to the host's cache); discarding does
/// nothing; a disk that is read-only is noticed at the first write, as `device_failed`.
class block {
 public:
  /// `name` and `device`, the name in the manifest, must outlive it.
  block(std::string_view name, std::string_view device) noexcept;
  block(const block&) = delete;
  block& operator=(const block&) = delete;
  ~block() = default;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, device_error>> start();

  [[nodiscard]] v1::block_info info() const noexcept { return info_; }
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);

 private:
  [[nodiscard]] bool is_inside(std::uint64_t first, std::uint64_t count) const noexcept;
  [[nodiscard]] result<buffer, v1::block_error> read_now(std::uint64_t first, std::uint32_t count) noexcept;
  [[nodiscard]] result<void, v1::block_error> write_now(std::uint64_t first,
                                                        const buffer_list& data) noexcept;
  [[nodiscard]] result<void, v1::block_error> gather(std::uint64_t first, const buffer_list& data) noexcept;
  [[nodiscard]] result<void, v1::block_error> put(std::uint64_t& offset, cbytes block) noexcept;

  std::string_view name_;
  std::string_view device_name_;
  const attached_device* device_ = nullptr;
  v1::block_info info_;

  block_counters counters_{name_};
};

static_assert(v1::block<block>);

}  // namespace mirage::solo5
