// SPDX-License-Identifier: ISC
// Errors are values: `result<T, E>`, and statement macros that pass an error up.
#pragma once

#include <expected>
#include <utility>

namespace mirage {

/// A value or an error. Every module type has its own small error enum with `describe(E)` for words.
template <class T, class E>
using result = std::expected<T, E>;

/// `return fail(net_error::full);`
template <class E>
[[nodiscard]] constexpr std::unexpected<E> fail(E error) noexcept {
  return std::unexpected<E>(std::move(error));
}

}  // namespace mirage

#define MIRAGE_JOIN_(a, b) a##b
#define MIRAGE_JOIN(a, b) MIRAGE_JOIN_(a, b)

// They are statements, not expressions: a `co_await` inside a GNU statement expression is not portable,
// and a `return` that hides in the middle of a line is not readable.
#define MIRAGE_TRY_(leave, temporary, declaration, ...)               \
  auto temporary = (__VA_ARGS__);                                     \
  if (!temporary) leave ::mirage::fail(std::move(temporary).error()); \
  declaration = *std::move(temporary)
#define MIRAGE_TRY_VOID_(leave, temporary, ...) \
  if (auto temporary = (__VA_ARGS__); !temporary) leave ::mirage::fail(std::move(temporary).error())

/// `MIRAGE_TRY(auto header, parse(bytes));` declares `header`, or returns the error from this function.
#define MIRAGE_TRY(declaration, ...) \
  MIRAGE_TRY_(return, MIRAGE_JOIN(mirage_try_, __LINE__), declaration, __VA_ARGS__)
/// The same for a `result<void, E>`.
#define MIRAGE_TRY_VOID(...) MIRAGE_TRY_VOID_(return, MIRAGE_JOIN(mirage_try_, __LINE__), __VA_ARGS__)

/// `MIRAGE_CO_TRY(auto bytes, co_await flow.read());`: the same in a coroutine.
#define MIRAGE_CO_TRY(declaration, ...) \
  MIRAGE_TRY_(co_return, MIRAGE_JOIN(mirage_try_, __LINE__), declaration, __VA_ARGS__)
#define MIRAGE_CO_TRY_VOID(...) MIRAGE_TRY_VOID_(co_return, MIRAGE_JOIN(mirage_try_, __LINE__), __VA_ARGS__)
