// SPDX-License-Identifier: ISC
// A flow: `write` takes a span, which may be gone before the bytes are sent.
// error: 'mirage::pipe' does not satisfy 'flow_write'
// error: 'f.write(std::move(one))' would be invalid: no viable conversion from
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(cbytes data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
