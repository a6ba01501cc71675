// SPDX-License-Identifier: ISC
// Picks a handler by method and path.
//
//   http::router routes;
//   routes.get("/users/:id", [&](http::exchange& with, const http::captures& path) -> task<> {
//     co_await show_user(with, path["id"]);
//   });
//   routes.post("/users", add_user);
//   routes.get("/files/*name", send_file);
//   routes.otherwise(files);
//   co_await server.serve({{}, 80}, std::ref(routes));
//
// What no pattern matches is a 404, what one matches for other methods a 405 with Allow (RFC 9110 §15.5.6). A
// GET route answers HEAD too, and OPTIONS is answered for every path that has a route.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/inline_function.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/http/exchange.hpp"
#include "mirage/http/method.hpp"

namespace mirage::http {

/// The parts of a path that a pattern names, decoded. They live as long as the exchange.
class captures {
 public:
  /// "" for a name that the pattern does not have.
  [[nodiscard]] std::string_view operator[](std::string_view name) const noexcept;

 private:
  friend bool match_path(std::string_view pattern, std::string_view path, captures& found) noexcept;
  struct capture {
    std::string_view name;
    std::string_view value;
  };
  inline_vector<capture, 8> all_;
};

/// Whether a decoded path fits a pattern. A segment `:name` takes any one segment that is not empty, `*name`
/// at the end takes all that is left, everything else stands for itself.
[[nodiscard]] bool match_path(std::string_view pattern, std::string_view path, captures& found) noexcept;

class router {
 public:
  /// At most 48 bytes: a larger callable is handed over by `std::ref`.
  using handler = inline_function<task<>(exchange&, const captures&), 48>;

  /// Patterns must outlive the router; of several that match, the one that was added first counts. Takes
  /// memory, so it is done before serving. A malformed pattern stops the unikernel.
  void add(method verb, std::string_view pattern, handler call);

  template <class Handler>
  void get(std::string_view pattern, Handler call) {
    add(method::get, pattern, adapt(std::move(call)));
  }
  template <class Handler>
  void post(std::string_view pattern, Handler call) {
    add(method::post, pattern, adapt(std::move(call)));
  }
  template <class Handler>
  void put(std::string_view pattern, Handler call) {
    add(method::put, pattern, adapt(std::move(call)));
  }
  template <class Handler>
  void patch(std::string_view pattern, Handler call) {
    add(method::patch, pattern, adapt(std::move(call)));
  }
  template <class Handler>
  void delete_(std::string_view pattern, Handler call) {
    add(method::delete_, pattern, adapt(std::move(call)));
  }
  /// For what no pattern matches, instead of 404.
  template <class Handler>
  void otherwise(Handler call) {
    otherwise_.emplace(adapt(std::move(call)));
  }

  task<> operator()(exchange& with);

 private:
  struct route {
    method verb;
    std::string_view pattern;
    handler call;
  };

  /// A handler that wants no captures.
  template <class Handler>
  static handler adapt(Handler call) {
    if constexpr (std::is_invocable_r_v<task<>, Handler&, exchange&, const captures&>)
      return handler(std::move(call));
    else
      return handler(
          [call = std::move(call)](exchange& with, const captures&) mutable -> task<> { return call(with); });
  }
  [[nodiscard]] handler* find(method verb, std::string_view path, captures& found) noexcept;
  void answer_without_route(exchange& with) noexcept;

  std::vector<route> routes_;
  std::optional<handler> otherwise_;
};

}  // namespace mirage::http
