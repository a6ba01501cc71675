// SPDX-License-Identifier: ISC
// Runs a script on virtual time and says whether the host did what stands there.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mirage::scripts {

/// Nothing, or what is wrong, in lines, beginning with "LINE:COLUMN: " or "LINE: ".
std::optional<std::string> run_script(std::string_view text);

}  // namespace mirage::scripts
