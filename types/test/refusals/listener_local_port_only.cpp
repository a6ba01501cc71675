// SPDX-License-Identifier: ISC
// A listener: `local` gives only the port.
// error: 'mirage::door' does not satisfy 'listener_local'
// error: type constraint 'std::same_as<unsigned short, endpoint>' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};

struct door {
  using flow = pipe;
  task<result<pipe, v1::listen_error>> accept();
  std::uint16_t local() const noexcept;
};
static_assert(v1::listener<door>);

}  // namespace mirage
