// SPDX-License-Identifier: ISC
// A channel: no `read_exactly`.
// error: 'mirage::lines' does not satisfy 'channel_read_exactly'
// error: 'c.read_exactly(count)' would be invalid: no member named 'read_exactly' in 'mirage::lines'
#include "mirage/v1.hpp"

namespace mirage {

struct lines {
  task<result<buffer, v1::channel_error>> read_line();
  task<result<buffer, v1::channel_error>> read_some();
  task<result<void, v1::channel_error>> write(cbytes data);
  task<result<void, v1::channel_error>> write_line(std::string_view text);
  task<result<void, v1::channel_error>> flush();
};
static_assert(v1::channel<lines>);

}  // namespace mirage
