// SPDX-License-Identifier: ISC
// An HTTP exchange: no `request`.
// error: 'mirage::exchange' does not satisfy 'http_exchange_request'
// error: 'http_request<std::remove_cvref_t<decltype(x.request())>>' would be invalid: no member named
#include "../archetypes.hpp"

namespace mirage {

struct exchange {
  task<result<buffer, v1::http_error>> read_body();
  task<result<void, v1::http_error>> respond(v1::http_response&& answer);
  task<result<void, v1::http_error>> begin(v1::http_response&& head);
  task<result<void, v1::http_error>> write(buffer part);
  task<result<void, v1::http_error>> end();
};
static_assert(v1::http_exchange<exchange>);

}  // namespace mirage
