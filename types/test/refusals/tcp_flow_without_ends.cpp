// SPDX-License-Identifier: ISC
// TCP: its `flow` does not know its ends.
// error: 'mirage::connections' does not satisfy 'tcp_types'
// error: 'typename connections::flow' (aka 'mirage::pipe') does not satisfy 'tcp_flow'
#include "mirage/v1.hpp"

namespace mirage {

struct pipe {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
};

struct port {
  using flow = pipe;
  task<result<flow, v1::listen_error>> accept();
  endpoint local() const noexcept;
};

struct connections {
  connections(connections&&) = delete;
  std::string_view name() const noexcept;
  using flow = pipe;
  using listener = port;
  task<result<flow, v1::flow_error>> connect(const endpoint& peer);
  result<listener, v1::listen_error> listen(const endpoint& local);
};
static_assert(v1::tcp<connections>);

}  // namespace mirage
