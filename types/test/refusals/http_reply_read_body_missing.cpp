// SPDX-License-Identifier: ISC
// An HTTP response: no `read_body`.
// error: 'mirage::reply' does not satisfy 'http_body'
// error: 'm.read_body()' would be invalid: no member named 'read_body' in 'mirage::reply'
#include "mirage/v1.hpp"

namespace mirage {

struct reply {
  unsigned status() const noexcept;
  std::span<const v1::http_header> headers() const noexcept;
  std::optional<std::string_view> header(std::string_view name) const noexcept;
};
static_assert(v1::http_reply<reply>);

}  // namespace mirage
