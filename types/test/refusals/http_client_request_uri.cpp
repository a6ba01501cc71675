// SPDX-License-Identifier: ISC
// An HTTP client: `request` takes a URI alone.
// error: 'mirage::client' does not satisfy 'http_client_request'
// error: 'h.request(std::move(call))' would be invalid: no viable conversion from
#include "../archetypes.hpp"

namespace mirage {

struct client {
  client(client&&) = delete;
  std::string_view name() const noexcept;
  using response = archetypes::http_response;
  task<result<response, v1::http_error>> request(std::string_view uri);
};
static_assert(v1::http_client<client>);

}  // namespace mirage
