// SPDX-License-Identifier: ISC
// A random device: `fill` says how much it could give.
// error: 'mirage::dice' does not satisfy 'random_fill'
// error: type constraint 'std::same_as<unsigned long, void>' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct dice {
  dice(dice&&) = delete;
  std::string_view name() const noexcept;
  std::size_t fill(bytes out) noexcept;
};
static_assert(v1::random<dice>);

}  // namespace mirage
