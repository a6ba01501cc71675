// SPDX-License-Identifier: ISC
#pragma once

#include <string_view>

/// How the time of day is greeted; `hour` is 0 to 23.
std::string_view greeting(unsigned hour);
