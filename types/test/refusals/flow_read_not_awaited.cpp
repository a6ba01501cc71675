// SPDX-License-Identifier: ISC
// A flow: `read` cannot wait.
// error: 'mirage::pipe' does not satisfy 'flow_read'
// error: type constraint 'awaits<std::expected<mirage::buffer, mirage::v1::flow_error>, result<buffer,
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  result<buffer, v1::flow_error> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};
static_assert(v1::flow<pipe>);

}  // namespace mirage
