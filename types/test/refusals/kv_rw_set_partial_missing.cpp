// SPDX-License-Identifier: ISC
// A store: no `set_partial`.
// error: 'mirage::store' does not satisfy 'kv_set_partial'
// error: 'k.set_partial(key, offset, std::move(part))' would be invalid: no member named 'set_partial' in
#include "../archetypes.hpp"

namespace mirage {

struct store : archetypes::kv_ro {
  task<result<void, v1::kv_error>> set(std::string_view key, buffer value);
  task<result<void, v1::kv_error>> remove(std::string_view key);
  task<result<void, v1::kv_error>> rename(std::string_view from, std::string_view to);
  task<result<void, v1::kv_error>> sync();
};
static_assert(v1::kv_rw<store>);

}  // namespace mirage
