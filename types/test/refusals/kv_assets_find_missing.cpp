// SPDX-License-Identifier: ISC
// A store of assets: no `find`.
// error: 'mirage::site' does not satisfy 'kv_find'
// error: 'k.find(key)' would be invalid: no member named 'find' in 'mirage::site'
#include "../archetypes.hpp"

namespace mirage {

struct site : archetypes::kv_ro {};
static_assert(v1::kv_assets<site>);

}  // namespace mirage
