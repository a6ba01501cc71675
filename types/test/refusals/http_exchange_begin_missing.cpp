// SPDX-License-Identifier: ISC
// An HTTP exchange: no `begin`.
// error: 'mirage::exchange' does not satisfy 'http_stream'
// error: 'x.begin(std::move(answer))' would be invalid: no member named 'begin' in 'mirage::exchange'
#include "../archetypes.hpp"

namespace mirage {

struct exchange {
  const archetypes::http_request& request() const;
  task<result<buffer, v1::http_error>> read_body();
  task<result<void, v1::http_error>> respond(v1::http_response&& answer);
  task<result<void, v1::http_error>> write(buffer part);
  task<result<void, v1::http_error>> end();
};
static_assert(v1::http_exchange<exchange>);

}  // namespace mirage
