// SPDX-License-Identifier: ISC
// A console: no `read`.
// error: 'mirage::terminal' does not satisfy 'flow_read'
// error: 'f.read()' would be invalid: no member named 'read' in 'mirage::terminal'
#include "mirage/v1.hpp"

namespace mirage {

struct terminal {
  terminal(terminal&&) = delete;
  std::string_view name() const noexcept;
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
};
static_assert(v1::console<terminal>);

}  // namespace mirage
