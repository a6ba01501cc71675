// SPDX-License-Identifier: ISC
// A console: it can be moved.
// error: 'mirage::terminal' does not satisfy 'device_is_not_movable'
// error: '!std::copy_constructible<mirage::terminal>' evaluated to false
#include "mirage/v1.hpp"

namespace mirage {

struct terminal {
  std::string_view name() const noexcept;
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
};
static_assert(v1::console<terminal>);

}  // namespace mirage
