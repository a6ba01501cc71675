// SPDX-License-Identifier: ISC
// A flow: it cannot be moved, as if it were a device.
// error: 'mirage::pipe' does not satisfy 'movable'
// error: 'mirage::pipe' does not satisfy 'move_constructible'
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
  pipe(pipe&&) = delete;
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
