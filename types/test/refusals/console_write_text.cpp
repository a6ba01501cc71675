// SPDX-License-Identifier: ISC
// A console: `write` takes a text.
// error: 'mirage::terminal' does not satisfy 'flow_write'
// error: 'f.write(std::move(one))' would be invalid: no viable conversion from
#include "mirage/v1.hpp"

namespace mirage {

struct terminal {
  terminal(terminal&&) = delete;
  std::string_view name() const noexcept;
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(std::string_view text);
};
static_assert(v1::console<terminal>);

}  // namespace mirage
