// SPDX-License-Identifier: ISC
// How everything in the simulator fails: with one sentence that says what, where, and what to do.
#pragma once

#include <fmt/format.h>

#include <string>
#include <utility>

#include "mirage/core/result.hpp"

namespace mirage::simulator {

struct failure {
  std::string sentence;
};

template <class T = void>
using outcome = result<T, failure>;

template <class... Args>
std::unexpected<failure> refuse(fmt::format_string<Args...> text, Args&&... args) {
  return fail(failure{fmt::format(text, std::forward<Args>(args)...)});
}

}  // namespace mirage::simulator
