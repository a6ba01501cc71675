// SPDX-License-Identifier: ISC
// A listener: no type `flow`.
// error: 'mirage::door' does not satisfy 'listener_flow'
// error: 'typename L::flow' would be invalid: no type named 'flow' in 'mirage::door'
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
  task<result<pipe, v1::listen_error>> accept();
  endpoint local() const noexcept;
};
static_assert(v1::listener<door>);

}  // namespace mirage
