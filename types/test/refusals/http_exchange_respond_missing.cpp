// SPDX-License-Identifier: ISC
// An HTTP exchange: no `respond`.
// error: 'mirage::exchange' does not satisfy 'http_respond'
// error: 'x.respond(std::move(answer))' would be invalid: no member named 'respond' in 'mirage::exchange'
#include "../archetypes.hpp"

namespace mirage {

struct exchange {
  const archetypes::http_request& request() const;
  task<result<buffer, v1::http_error>> read_body();
  task<result<void, v1::http_error>> begin(v1::http_response&& head);
  task<result<void, v1::http_error>> write(buffer part);
  task<result<void, v1::http_error>> end();
};
static_assert(v1::http_exchange<exchange>);

}  // namespace mirage
