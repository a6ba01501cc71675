// SPDX-License-Identifier: ISC
// A block device: `info` is a task.
// error: 'mirage::disk' does not satisfy 'block_geometry'
// error: 'b.info()' may throw an exception
#include "mirage/v1.hpp"

namespace mirage {

struct disk {
  disk(disk&&) = delete;
  std::string_view name() const noexcept;
  task<v1::block_info> info() const;
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer_list data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);
};
static_assert(v1::block<disk>);

}  // namespace mirage
