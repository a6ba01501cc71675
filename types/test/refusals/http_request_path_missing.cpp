// SPDX-License-Identifier: ISC
// An HTTP request: no `path`.
// error: 'mirage::question' does not satisfy 'http_request_line'
// error: 'r.path()' would be invalid: no member named 'path' in 'mirage::question'
#include "mirage/v1.hpp"

namespace mirage {

struct question {
  std::string_view method() const noexcept;
  std::string_view target() const noexcept;
  std::string_view query() const noexcept;
  endpoint peer() const noexcept;
  std::optional<std::string_view> header(std::string_view name) const noexcept;
};
static_assert(v1::http_request<question>);

}  // namespace mirage
