// SPDX-License-Identifier: ISC
// A channel: `read_some` gives the error of a flow.
// error: 'mirage::lines' does not satisfy 'channel_read_some'
// error: type constraint 'awaits<mirage::task<std::expected<mirage::buffer, mirage::v1::flow_error> >,
#include "mirage/v1.hpp"

namespace mirage {

struct lines {
  task<result<buffer, v1::channel_error>> read_line();
  task<result<buffer, v1::channel_error>> read_exactly(std::size_t count);
  task<result<buffer, v1::flow_error>> read_some();
  task<result<void, v1::channel_error>> write(cbytes data);
  task<result<void, v1::channel_error>> write_line(std::string_view text);
  task<result<void, v1::channel_error>> flush();
};
static_assert(v1::channel<lines>);

}  // namespace mirage
