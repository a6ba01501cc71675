// SPDX-License-Identifier: ISC
// A flow: no `shutdown`.
// error: 'mirage::pipe' does not satisfy 'flow_shutdown'
// error: 'f.shutdown()' would be invalid: no member named 'shutdown' in 'mirage::pipe'
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
