// SPDX-License-Identifier: ISC
// An HTTP client: no `request`.
// error: 'mirage::client' does not satisfy 'http_client_request'
// error: 'h.request(std::move(call))' would be invalid: no member named 'request' in 'mirage::client'
#include "../archetypes.hpp"

namespace mirage {

struct client {
  client(client&&) = delete;
  std::string_view name() const noexcept;
  using response = archetypes::http_response;
};
static_assert(v1::http_client<client>);

}  // namespace mirage
