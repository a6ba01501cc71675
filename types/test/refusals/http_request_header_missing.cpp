// SPDX-License-Identifier: ISC
// An HTTP request: no `header`.
// error: 'mirage::question' does not satisfy 'http_header_of'
// error: 'm.header(name)' would be invalid: no member named 'header' in 'mirage::question'
#include "mirage/v1.hpp"

namespace mirage {

struct question {
  std::string_view method() const noexcept;
  std::string_view target() const noexcept;
  std::string_view path() const noexcept;
  std::string_view query() const noexcept;
  endpoint peer() const noexcept;
};
static_assert(v1::http_request<question>);

}  // namespace mirage
