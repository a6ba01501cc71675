// SPDX-License-Identifier: ISC
// A flow: `read` cannot fail.
// error: 'mirage::pipe' does not satisfy 'flow_read'
// error: type constraint 'awaits<mirage::task<mirage::buffer>, result<buffer, flow_error> >' was not
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<buffer> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
