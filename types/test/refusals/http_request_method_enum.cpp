// SPDX-License-Identifier: ISC
// An HTTP request: `method` gives a number, which has no word for an extension.
// error: 'mirage::question' does not satisfy 'http_request_line'
// error: type constraint 'std::same_as<unsigned int, std::string_view>' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct question {
  unsigned method() const noexcept;
  std::string_view target() const noexcept;
  std::string_view path() const noexcept;
  std::string_view query() const noexcept;
  endpoint peer() const noexcept;
  std::optional<std::string_view> header(std::string_view name) const noexcept;
};
static_assert(v1::http_request<question>);

}  // namespace mirage
