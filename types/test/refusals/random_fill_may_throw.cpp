// SPDX-License-Identifier: ISC
// A random device: `fill` may fail.
// error: 'mirage::dice' does not satisfy 'random_fill'
// error: 'r.fill(out)' may throw an exception
#include "mirage/v1.hpp"

namespace mirage {

struct dice {
  dice(dice&&) = delete;
  std::string_view name() const noexcept;
  void fill(bytes out);
};
static_assert(v1::random<dice>);

}  // namespace mirage
