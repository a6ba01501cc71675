// SPDX-License-Identifier: ISC
// A resolver: `resolve` gives one address.
// error: 'mirage::names' does not satisfy 'resolver_resolve'
// error: type constraint 'awaits<mirage::task<std::expected<mirage::ip_address, mirage::v1::resolve_error>
#include "mirage/v1.hpp"

namespace mirage {

struct names {
  names(names&&) = delete;
  std::string_view name() const noexcept;
  task<result<ip_address, v1::resolve_error>> resolve(std::string_view name);
};
static_assert(v1::resolver<names>);

}  // namespace mirage
