// SPDX-License-Identifier: ISC
// An HTTP exchange: no `read_body`.
// error: 'mirage::exchange' does not satisfy 'http_body'
// error: 'm.read_body()' would be invalid: no member named 'read_body' in 'mirage::exchange'
#include "../archetypes.hpp"

namespace mirage {

struct exchange {
  const archetypes::http_request& request() const;
  task<result<void, v1::http_error>> respond(v1::http_response&& answer);
  task<result<void, v1::http_error>> begin(v1::http_response&& head);
  task<result<void, v1::http_error>> write(buffer part);
  task<result<void, v1::http_error>> end();
};
static_assert(v1::http_exchange<exchange>);

}  // namespace mirage
