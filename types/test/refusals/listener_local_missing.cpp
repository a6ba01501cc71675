// SPDX-License-Identifier: ISC
// A listener: no `local`.
// error: 'mirage::door' does not satisfy 'listener_local'
// error: 'l.local()' would be invalid: no member named 'local' in 'mirage::door'
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
};
static_assert(v1::listener<door>);

}  // namespace mirage
