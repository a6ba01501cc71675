// SPDX-License-Identifier: ISC
// A listener: `accept` cannot fail.
// error: 'mirage::door' does not satisfy 'listener_accept'
// error: type constraint 'awaits<mirage::task<mirage::pipe>, result<typename door::flow, listen_error> >'
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
  task<pipe> accept();
  endpoint local() const noexcept;
};
static_assert(v1::listener<door>);

}  // namespace mirage
