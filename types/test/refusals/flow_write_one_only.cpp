// SPDX-License-Identifier: ISC
// A flow: no `write` of a list.
// error: 'mirage::pipe' does not satisfy 'flow_write'
// error: 'f.write(std::move(several))' would be invalid: no viable conversion from
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
