// SPDX-License-Identifier: ISC
// An HTTP server: no `serve`.
// error: 'mirage::server' does not satisfy 'http_serve'
// error: 'h.serve(local, std::move(handler))' would be invalid: no member named 'serve' in 'mirage::server'
#include "../archetypes.hpp"

namespace mirage {

struct server {
  server(server&&) = delete;
  std::string_view name() const noexcept;
  using exchange = archetypes::http_exchange;
};
static_assert(v1::http_server<server>);

}  // namespace mirage
