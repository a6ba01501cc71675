// SPDX-License-Identifier: ISC
// An HTTP server: `serve` wants a handler that can be copied.
// error: 'mirage::server' does not satisfy 'http_serve'
// error: 'h.serve(local, std::move(handler))' would be invalid: no matching member function for call to
#include "../archetypes.hpp"

namespace mirage {

struct server {
  server(server&&) = delete;
  std::string_view name() const noexcept;
  using exchange = archetypes::http_exchange;
  template <std::copy_constructible Handler>
  task<result<void, v1::listen_error>> serve(const endpoint& local, Handler handler);
};
static_assert(v1::http_server<server>);

}  // namespace mirage
