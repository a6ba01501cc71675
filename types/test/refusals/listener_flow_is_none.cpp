// SPDX-License-Identifier: ISC
// A listener: its `flow` is none.
// error: 'mirage::door' does not satisfy 'listener_flow'
// error: 'typename door::flow' (aka 'mirage::buffer') does not satisfy 'flow'
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
  using flow = buffer;
  task<result<pipe, v1::listen_error>> accept();
  endpoint local() const noexcept;
};
static_assert(v1::listener<door>);

}  // namespace mirage
