// SPDX-License-Identifier: ISC
// A block device: no `write` of a list.
// error: 'mirage::disk' does not satisfy 'block_write'
// error: 'b.write(first, std::move(several))' would be invalid: no viable conversion from
#include "mirage/v1.hpp"

namespace mirage {

struct disk {
  disk(disk&&) = delete;
  std::string_view name() const noexcept;
  v1::block_info info() const noexcept;
  task<result<buffer, v1::block_error>> read(std::uint64_t first, std::uint32_t count);
  task<result<void, v1::block_error>> write(std::uint64_t first, buffer data);
  task<result<void, v1::block_error>> flush();
  task<result<void, v1::block_error>> discard(std::uint64_t first, std::uint64_t count);
};
static_assert(v1::block<disk>);

}  // namespace mirage
