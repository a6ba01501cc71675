// SPDX-License-Identifier: ISC
// Included before everything else in a build for bare machines (toolchain.cmake): a failed assertion of a
// container is a trap, which the report of the crash names with its place. With the texts that libstdc++
// would print, a small image would be a third larger.
#pragma once

#include <bits/c++config.h>

#undef __glibcxx_assert_impl
#define __glibcxx_assert_impl(condition)           \
  if (__builtin_expect(!bool(condition), false)) { \
    __glibcxx_constexpr_assert(false);             \
    __builtin_trap();                              \
  }
