// SPDX-License-Identifier: ISC
// A channel: no `write_line`.
// error: 'mirage::lines' does not satisfy 'channel_write_line'
// error: 'c.write_line(text)' would be invalid: no member named 'write_line' in 'mirage::lines'
#include "mirage/v1.hpp"

namespace mirage {

struct lines {
  task<result<buffer, v1::channel_error>> read_line();
  task<result<buffer, v1::channel_error>> read_exactly(std::size_t count);
  task<result<buffer, v1::channel_error>> read_some();
  task<result<void, v1::channel_error>> write(cbytes data);
  task<result<void, v1::channel_error>> flush();
};
static_assert(v1::channel<lines>);

}  // namespace mirage
