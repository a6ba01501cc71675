// SPDX-License-Identifier: ISC
// A wall clock: `now` gives a number.
// error: 'mirage::sundial' does not satisfy 'wall_clock_now'
// error: type constraint 'std::same_as<long, wall_time>' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct sundial {
  sundial(sundial&&) = delete;
  std::string_view name() const noexcept;
  std::int64_t now() noexcept;
  std::optional<duration> resolution() noexcept;
};
static_assert(v1::wall_clock<sundial>);

}  // namespace mirage
