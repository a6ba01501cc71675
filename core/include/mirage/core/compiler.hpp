// SPDX-License-Identifier: ISC
// Refuses compilers that are not known to compile coroutines rightly; docs/compilers.md has the programs and
// the results. g++ 12 silently miscompiles `if (co_await f())` and temporaries with captures.
#pragma once

#if !defined(__clang__)
#error "Mirage needs clang 19 or later: g++ 12 silently miscompiles coroutines (docs/compilers.md)"
#elif __clang_major__ < 19
#error "Mirage needs clang 19 or later (docs/compilers.md)"
#endif

#if defined(__cpp_exceptions)
#define MIRAGE_EXCEPTIONS 1
#else
#define MIRAGE_EXCEPTIONS 0
#endif
