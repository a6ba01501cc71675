// SPDX-License-Identifier: ISC
// A flow: no `close`.
// error: 'mirage::pipe' does not satisfy 'flow_close'
// error: 'f.close()' would be invalid: no member named 'close' in 'mirage::pipe'
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
