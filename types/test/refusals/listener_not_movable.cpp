// SPDX-License-Identifier: ISC
// A listener: it cannot be moved.
// error: 'mirage::door' does not satisfy 'movable'
// error: 'mirage::door' does not satisfy 'move_constructible'
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};

struct door {
  using flow = pipe;
  task<result<pipe, v1::listen_error>> accept();
  endpoint local() const noexcept;
  door(door&&) = delete;
};
static_assert(v1::listener<door>);

}  // namespace mirage
