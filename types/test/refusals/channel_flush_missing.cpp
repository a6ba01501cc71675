// SPDX-License-Identifier: ISC
// A channel: no `flush`.
// error: 'mirage::lines' does not satisfy 'channel_flush'
// error: 'c.flush()' would be invalid: no member named 'flush' in 'mirage::lines'
#include "mirage/v1.hpp"

namespace mirage {

struct lines {
  task<result<buffer, v1::channel_error>> read_line();
  task<result<buffer, v1::channel_error>> read_exactly(std::size_t count);
  task<result<buffer, v1::channel_error>> read_some();
  task<result<void, v1::channel_error>> write(cbytes data);
  task<result<void, v1::channel_error>> write_line(std::string_view text);
};
static_assert(v1::channel<lines>);

}  // namespace mirage
