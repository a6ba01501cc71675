// SPDX-License-Identifier: ISC
// Whether anything in the program reads the texts of metrics. What does is in prometheus.cpp, where this is
// true; a program that does not call it is not linked with that file, and has this as false.
#pragma once

namespace mirage::detail {

extern const bool metrics_are_shown;

}  // namespace mirage::detail
