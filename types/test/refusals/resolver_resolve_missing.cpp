// SPDX-License-Identifier: ISC
// A resolver: no `resolve`.
// error: 'mirage::names' does not satisfy 'resolver_resolve'
// error: 'r.resolve(name)' would be invalid: no member named 'resolve' in 'mirage::names'
#include "mirage/v1.hpp"

namespace mirage {

struct names {
  names(names&&) = delete;
  std::string_view name() const noexcept;
};
static_assert(v1::resolver<names>);

}  // namespace mirage
