// SPDX-License-Identifier: ISC
// TCP: `connect` gives the error of a listener.
// error: 'mirage::connections' does not satisfy 'tcp_connect'
// error: type constraint 'awaits<mirage::task<std::expected<mirage::connection, mirage::v1::listen_error> >,
#include "mirage/v1.hpp"

namespace mirage {

struct connection {
  task<result<buffer, v1::flow_error>> read();
  task<result<void, v1::flow_error>> write(buffer data);
  task<result<void, v1::flow_error>> write(buffer_list data);
  task<> shutdown();
  task<> close();
  endpoint peer() const noexcept;
  endpoint local() const noexcept;
  void no_delay(bool off) noexcept;
  void keep_alive(duration idle) noexcept;
};

struct port {
  using flow = connection;
  task<result<flow, v1::listen_error>> accept();
  endpoint local() const noexcept;
};

struct connections {
  connections(connections&&) = delete;
  std::string_view name() const noexcept;
  using flow = connection;
  using listener = port;
  task<result<flow, v1::listen_error>> connect(const endpoint& peer);
  result<listener, v1::listen_error> listen(const endpoint& local);
};
static_assert(v1::tcp<connections>);

}  // namespace mirage
