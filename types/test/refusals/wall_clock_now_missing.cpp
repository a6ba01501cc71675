// SPDX-License-Identifier: ISC
// A wall clock: no `now`.
// error: 'mirage::sundial' does not satisfy 'wall_clock_now'
// error: 'c.now()' would be invalid: no member named 'now' in 'mirage::sundial'
#include "mirage/v1.hpp"

namespace mirage {

struct sundial {
  sundial(sundial&&) = delete;
  std::string_view name() const noexcept;
  std::optional<duration> resolution() noexcept;
};
static_assert(v1::wall_clock<sundial>);

}  // namespace mirage
