// SPDX-License-Identifier: ISC
// An HTTP exchange: no `end`.
// error: 'mirage::exchange' does not satisfy 'http_stream'
// error: 'x.end()' would be invalid: no member named 'end' in 'mirage::exchange'
#include "../archetypes.hpp"

namespace mirage {

struct exchange {
  const archetypes::http_request& request() const;
  task<result<buffer, v1::http_error>> read_body();
  task<result<void, v1::http_error>> respond(v1::http_response&& answer);
  task<result<void, v1::http_error>> begin(v1::http_response&& head);
  task<result<void, v1::http_error>> write(buffer part);
};
static_assert(v1::http_exchange<exchange>);

}  // namespace mirage
