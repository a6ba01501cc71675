// SPDX-License-Identifier: ISC
// A block device: no `discard`.
// error: 'mirage::disk' does not satisfy 'block_discard'
// error: 'b.discard(first, count)' would be invalid: no member named 'discard' in 'mirage::disk'
#include "mirage/v1.hpp"

namespace mirage {

struct disk {
  disk(disk&&) = delete;
  std::string_view name() const noexcept;
  v1::block_info info() const noexcept;
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
};
static_assert(v1::block<disk>);

}  // namespace mirage
