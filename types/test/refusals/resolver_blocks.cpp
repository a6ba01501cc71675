// SPDX-License-Identifier: ISC
// A resolver: `resolve` blocks the loop.
// error: 'mirage::names' does not satisfy 'resolver_resolve'
// error: type constraint 'awaits<std::expected<mirage::inline_vector<mirage::ip_address, 16>,
#include "mirage/v1.hpp"

namespace mirage {

struct names {
  names(names&&) = delete;
  std::string_view name() const noexcept;
  result<v1::address_list, v1::resolve_error> resolve(std::string_view name);
};
static_assert(v1::resolver<names>);

}  // namespace mirage
