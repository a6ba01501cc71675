// SPDX-License-Identifier: ISC
// A flow: no `read`.
// error: 'mirage::pipe' does not satisfy 'flow_read'
// error: 'f.read()' would be invalid: no member named 'read' in 'mirage::pipe'
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
