// SPDX-License-Identifier: ISC
// A flow: `write` takes a part and says how much.
// error: 'mirage::pipe' does not satisfy 'flow_write'
// error: type constraint 'awaits<mirage::task<std::expected<unsigned long, mirage::v1::flow_error> >,
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<std::size_t, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
