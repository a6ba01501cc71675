// SPDX-License-Identifier: ISC
// A block device: no `read`.
// error: 'mirage::disk' does not satisfy 'block_read'
// error: 'b.read(first, count)' would be invalid: no member named 'read' in 'mirage::disk'
#include "mirage/v1.hpp"

namespace mirage {

struct disk {
  disk(disk&&) = delete;
  std::string_view name() const noexcept;
  v1::block_info info() const noexcept;
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);
};
static_assert(v1::block<disk>);

}  // namespace mirage
