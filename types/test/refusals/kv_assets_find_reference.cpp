// SPDX-License-Identifier: ISC
// A store of assets: `find` cannot say that there is none.
// error: 'mirage::site' does not satisfy 'kv_find'
// error: type constraint 'std::same_as<const mirage::v1::asset &, const asset *>' was not satisfied
#include "../archetypes.hpp"

namespace mirage {

struct site : archetypes::kv_ro {
  const v1::asset& find(std::string_view key) const noexcept;
};
static_assert(v1::kv_assets<site>);

}  // namespace mirage
