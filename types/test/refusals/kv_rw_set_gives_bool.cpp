// SPDX-License-Identifier: ISC
// A store: `set` does not say why it failed.
// error: 'mirage::store' does not satisfy 'kv_set'
// error: type constraint 'awaits<mirage::task<_Bool>, result<void, kv_error> >' was not satisfied
#include "../archetypes.hpp"

namespace mirage {

struct store : archetypes::kv_ro {
  task<bool> set(std::string_view key, buffer value);
  task<result<void, v1::kv_error>> set_partial(std::string_view key, std::uint64_t offset, buffer part);
  task<result<void, v1::kv_error>> remove(std::string_view key);
  task<result<void, v1::kv_error>> rename(std::string_view from, std::string_view to);
  task<result<void, v1::kv_error>> sync();
};
static_assert(v1::kv_rw<store>);

}  // namespace mirage
