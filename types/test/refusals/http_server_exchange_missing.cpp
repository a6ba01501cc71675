// SPDX-License-Identifier: ISC
// An HTTP server: no type `exchange`.
// error: 'mirage::server' does not satisfy 'http_server_exchange'
// error: 'typename H::exchange' would be invalid: no type named 'exchange' in 'mirage::server'
#include "../archetypes.hpp"

namespace mirage {

struct server {
  server(server&&) = delete;
  std::string_view name() const noexcept;
  template <class Handler>
  task<result<void, v1::listen_error>> serve(const endpoint& local, Handler handler);
};
static_assert(v1::http_server<server>);

}  // namespace mirage
