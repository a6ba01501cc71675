// SPDX-License-Identifier: ISC
// Combinations of tasks: all of them, the first of them, or one with a limit on its time. Each runs its tasks
// in a scope of its own, so a loser is destroyed when the winner is known, and all are when the caller is.
// Whatever can be awaited may stand for a task: `with_timeout(1s, flow.read())`.
#pragma once

#include <concepts>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>

#include "mirage/core/os.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"

namespace mirage {

namespace detail {

/// What a `task<T>` gives, where a value is needed: `std::monostate` for `void`.
template <class T>
using value_of = std::conditional_t<std::is_void_v<T>, std::monostate, T>;

template <class A>
using awaited = decltype(get_awaiter(std::declval<A>()).await_resume());
template <class A>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;
/// An awaiter that is no task: it must be movable while nobody awaits it.
template <class A>
concept other_awaitable = !is_task<A> && std::move_constructible<A> && requires { typename awaited<A>; };

template <class T>
task<T> as_task(task<T> work) noexcept {
  return work;
}
template <other_awaitable A>
task<awaited<A>> as_task(A work) {
  co_return co_await std::move(work);
}

template <class T>
task<void> store(task<T> work, std::optional<value_of<T>>& to) {
  if constexpr (std::is_void_v<T>) {
    co_await std::move(work);
    to.emplace();
  } else {
    to.emplace(co_await std::move(work));
  }
}

template <class T>
void start(scope& in, const char* name, task<T> work, std::optional<value_of<T>>& to) {
  auto started = in.spawn(name, store(std::move(work), to));
  require(started.has_value(), "the frame pool is at its limit");
}

template <class Variant, class Results, std::size_t... Index>
Variant first_of(Results& results, std::index_sequence<Index...>) {
  std::optional<Variant> first;
  ((std::get<Index>(results) && !first
        ? void(first.emplace(std::in_place_index<Index>, *std::move(std::get<Index>(results))))
        : void()),
   ...);
  return *std::move(first);
}

}  // namespace detail

/// Waits for all. Gives a tuple of the results in order, with `std::monostate` for a `task<void>`. An
/// exception that escapes from one is rethrown when all have ended.
template <class... T>
task<std::tuple<detail::value_of<T>...>> when_all(task<T>... work) {
  std::tuple<std::optional<detail::value_of<T>>...> results;
  scope children;
  std::apply([&](auto&... result) { (detail::start(children, "when_all", std::move(work), result), ...); },
             results);
  co_await children.join();
  co_return std::apply(
      [](auto&... result) { return std::tuple<detail::value_of<T>...>(*std::move(result)...); }, results);
}

/// Waits for the first to end; the others are cancelled in that moment, so a loser takes nothing that would
/// be lost. Gives a variant whose index says which it was. An exception that escapes from the first is
/// rethrown.
template <class... T>
task<std::variant<detail::value_of<T>...>> when_any(task<T>... work) {
  std::tuple<std::optional<detail::value_of<T>>...> results;
  scope children;
  std::apply([&](auto&... result) { (detail::start(children, "when_any", std::move(work), result), ...); },
             results);
  co_await children.join_first();
  co_return detail::first_of<std::variant<detail::value_of<T>...>>(results, std::index_sequence_for<T...>{});
}

/// The result, or nothing when `limit` is over first: the work is cancelled then. For a `task<void>` the
/// result is an engaged `optional<monostate>`.
template <class T>
task<std::optional<detail::value_of<T>>> with_timeout(duration limit, task<T> work) {
  std::optional<detail::value_of<T>> result;
  scope child;
  detail::start(child, "with_timeout", std::move(work), result);
  co_await child.join_until(later(os::now(), limit));
  co_return std::move(result);
}

template <class... A>
  requires(detail::other_awaitable<A> || ...)
auto when_all(A... work) {
  return when_all(detail::as_task(std::move(work))...);
}
template <class... A>
  requires(detail::other_awaitable<A> || ...)
auto when_any(A... work) {
  return when_any(detail::as_task(std::move(work))...);
}
template <detail::other_awaitable A>
auto with_timeout(duration limit, A work) {
  return with_timeout(limit, detail::as_task(std::move(work)));
}

}  // namespace mirage
