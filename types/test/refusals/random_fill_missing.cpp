// SPDX-License-Identifier: ISC
// A random device: no `fill`.
// error: 'mirage::dice' does not satisfy 'random_fill'
// error: 'r.fill(out)' would be invalid: no member named 'fill' in 'mirage::dice'
#include "mirage/v1.hpp"

namespace mirage {

struct dice {
  dice(dice&&) = delete;
  std::string_view name() const noexcept;
};
static_assert(v1::random<dice>);

}  // namespace mirage
