// SPDX-License-Identifier: ISC
// A store: no `set`.
// error: 'mirage::store' does not satisfy 'kv_set'
// error: 'k.set(key, std::move(value))' would be invalid: no member named 'set' in 'mirage::store'
#include "../archetypes.hpp"

namespace mirage {

struct store : archetypes::kv_ro {
  task<result<void, v1::kv_error>> set_partial(std::string_view key, std::uint64_t offset, buffer part);
  task<result<void, v1::kv_error>> remove(std::string_view key);
  task<result<void, v1::kv_error>> rename(std::string_view from, std::string_view to);
  task<result<void, v1::kv_error>> sync();
};
static_assert(v1::kv_rw<store>);

}  // namespace mirage
