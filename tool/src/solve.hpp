// SPDX-License-Identifier: ISC
// Which packages an image is linked with: everything that its devices want, and what that wants, in versions
// that fit together (libsolv).
#pragma once

#include <string>
#include <vector>

#include "error.hpp"
#include "package.hpp"

namespace mirage::tool {

/// Somebody who wants packages: "website (config.cpp:6)".
struct wisher {
  std::string name;
  std::vector<wish> wishes;
};

/// The packages that fulfil every wish, by name. `available` may hold several versions of one package; only
/// those for the target count. When it cannot be, one sentence says who wants what, and what is there.
outcome<std::vector<package>> solve(const std::vector<wisher>& wishers, const std::vector<package>& available,
                                    const std::string& target);

}  // namespace mirage::tool
