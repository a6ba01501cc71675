// SPDX-License-Identifier: ISC
// A channel: `read_line` gives a string.
// error: 'mirage::lines' does not satisfy 'channel_read_line'
// error: type constraint 'awaits<mirage::task<std::expected<std::basic_string<char>,
#include "mirage/v1.hpp"

namespace mirage {

struct lines {
  task<result<std::string, v1::channel_error>> read_line();
  task<result<buffer, v1::channel_error>> read_exactly(std::size_t count);
  task<result<buffer, v1::channel_error>> read_some();
  task<result<void, v1::channel_error>> write(cbytes data);
  task<result<void, v1::channel_error>> write_line(std::string_view text);
  task<result<void, v1::channel_error>> flush();
};
static_assert(v1::channel<lines>);

}  // namespace mirage
