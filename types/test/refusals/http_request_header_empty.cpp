// SPDX-License-Identifier: ISC
// An HTTP request: `header` cannot tell an empty header from none.
// error: 'mirage::question' does not satisfy 'http_header_of'
// error: type constraint 'std::same_as<std::basic_string_view<char>, std::optional<std::string_view> >' was
#include "mirage/v1.hpp"

namespace mirage {

struct question {
  std::string_view method() const noexcept;
  std::string_view target() const noexcept;
  std::string_view path() const noexcept;
  std::string_view query() const noexcept;
  endpoint peer() const noexcept;
  std::string_view header(std::string_view name) const noexcept;
};
static_assert(v1::http_request<question>);

}  // namespace mirage
