// SPDX-License-Identifier: ISC
// An HTTP client: no type `response`.
// error: 'mirage::client' does not satisfy 'http_client_response'
// error: 'typename H::response' would be invalid: no type named 'response' in 'mirage::client'
#include "../archetypes.hpp"

namespace mirage {

struct client {
  client(client&&) = delete;
  std::string_view name() const noexcept;
  task<result<archetypes::http_response, v1::http_error>> request(v1::http_call&& call);
};
static_assert(v1::http_client<client>);

}  // namespace mirage
