// SPDX-License-Identifier: ISC
// An HTTP response: no `status`.
// error: 'mirage::reply' does not satisfy 'http_reply_status'
// error: 'r.status()' would be invalid: no member named 'status' in 'mirage::reply'
#include "mirage/v1.hpp"

namespace mirage {

struct reply {
  std::span<const v1::http_header> headers() const noexcept;
  std::optional<std::string_view> header(std::string_view name) const noexcept;
  task<result<buffer, v1::http_error>> read_body();
};
static_assert(v1::http_reply<reply>);

}  // namespace mirage
