// SPDX-License-Identifier: ISC
// A channel: no `read_some`.
// error: 'mirage::lines' does not satisfy 'channel_read_some'
// error: 'c.read_some()' would be invalid: no member named 'read_some' in 'mirage::lines'
#include "mirage/v1.hpp"

namespace mirage {

struct lines {
  task<result<buffer, v1::channel_error>> read_line();
  task<result<buffer, v1::channel_error>> read_exactly(std::size_t count);
  task<result<void, v1::channel_error>> write(cbytes data);
  task<result<void, v1::channel_error>> write_line(std::string_view text);
  task<result<void, v1::channel_error>> flush();
};
static_assert(v1::channel<lines>);

}  // namespace mirage
