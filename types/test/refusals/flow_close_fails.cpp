// SPDX-License-Identifier: ISC
// A flow: `close` can fail.
// error: 'mirage::pipe' does not satisfy 'flow_close'
// error: type constraint 'awaits<mirage::task<std::expected<void, mirage::v1::flow_error> >, void>' was not
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<result<void, v1::flow_error>> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
