// SPDX-License-Identifier: ISC
// A flow: `read` writes into memory of the caller, who may be gone when the bytes come.
// error: 'mirage::pipe' does not satisfy 'flow_read'
// error: 'f.read()' would be invalid: too few arguments to function call, single argument 'into' was not
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<std::size_t, v1::flow_error>> read(bytes into);
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
