// SPDX-License-Identifier: ISC
// A static web server: the files on one port, and, if wanted, its counters and live tasks on another.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/memory_gauges.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/core/text_writer.hpp>
#include <mirage/core/when.hpp>
#include <mirage/http/file_handler.hpp>
#include <mirage/v1.hpp>

#include <cstdint>
#include <functional>
#include <string_view>
#include <utility>

inline constexpr mirage::log_source website_log{"website"};
inline constexpr mirage::log_source access_log{"access"};

namespace management {

using mirage::buffer;
using mirage::text_writer;

/// What `write` writes, in one buffer; no memory at the cap of the pool.
template <class Write>
buffer text_of(Write write) {
  text_writer measured{{}};
  write(measured);
  // The buffer itself shows in the counters, which may take some more digits.
  constexpr std::size_t more = 256;
  buffer text = buffer::allocate(measured.total() + more);
  if (!text) return text;
  const mirage::bytes space = text.writable();
  text_writer out{{static_cast<char*>(static_cast<void*>(space.data())), space.size()}};
  write(out);
  text.truncate(out.text().size());
  return text;
}

inline buffer metrics() {
  return text_of([](text_writer& out) { mirage::os::here->counters.write_prometheus(out); });
}

/// A line a task, indented below the task that it belongs to.
inline buffer tasks() {
  return text_of([](text_writer& out) {
    mirage::os::here->tasks.for_each_task([&out](const mirage::loop::live_task& task) {
      out.append(std::size_t{2} * task.depth, ' ');
      out.append(task.name);
      out.append(": ");
      out.append(task.waiting_for == nullptr ? "ready" : task.waiting_for);
      out.append('\n');
    });
  });
}

template <class Exchange>
mirage::task<> answer(Exchange& exchange) {
  const std::string_view path = exchange.request().path();
  const std::string_view method = exchange.request().method();
  mirage::v1::http_response response{.content_type = "text/plain; charset=utf-8"};
  constexpr mirage::v1::http_header allowed[] = {{"Allow", "GET, HEAD"}};
  if (path != "/metrics" && path != "/tasks") {
    response.status = 404;
    response.body = buffer::from_static(mirage::as_bytes("There are /metrics and /tasks.\n"));
  } else if (method != "GET" && method != "HEAD") {
    response.status = 405;
    response.headers = allowed;
  } else if (path == "/metrics") {
    response.content_type = "text/plain; version=0.0.4; charset=utf-8";
    response.body = metrics();
  } else {
    response.body = tasks();
  }
  if (response.status == 200 && !response.body) response.status = 503;
  auto sent = co_await exchange.respond(std::move(response));
  if (!sent) website_log.debug("management: {}", describe(sent.error()));
}

}  // namespace management

/// Serves the files, and tells the log of each request. Without that log a request costs no task more.
class public_pages {
 public:
  public_pages(mirage::http::file_handler& files) : files_(files) {}

  mirage::task<> operator()(mirage::http::exchange& exchange) {
    return access_log.enabled(mirage::log_level::info) ? logged(exchange) : files_(exchange);
  }

 private:
  mirage::task<> logged(mirage::http::exchange& exchange) {
    co_await files_(exchange);
    const auto& request = exchange.request();
    access_log.info("{} {} {} {} {} \"{}\"", request.peer(), request.method(), request.target(),
                    exchange.answered_with(), exchange.answered_bytes(),
                    request.header("User-Agent").value_or(""));
  }

  mirage::http::file_handler& files_;
};

/// Serves until the server is stopped. A port that cannot be had ends the unikernel.
template <mirage::v1::http_server Http, class Handler>
mirage::task<> serve(Http& http, std::uint16_t port, Handler handler) {
  auto served = co_await http.serve({{}, port}, std::move(handler));
  if (served) co_return;
  website_log.error("cannot serve on port {}: {}; choose another one with --port or --metrics-port", port,
                    describe(served.error()));
  mirage::os::exit(1);
}

template <mirage::v1::kv_ro Files, mirage::v1::http_server Http, mirage::v1::http_server Management>
mirage::task<> website(Files& files, Http& http, Management& management, std::uint16_t port,
                       std::uint32_t max_age, std::uint16_t metrics_port) {
  const mirage::memory_gauges memory;
  mirage::http::file_handler handler{files, {.max_age = std::chrono::seconds{max_age}}};
  public_pages pages{handler};
  auto answer = management::answer<typename Management::exchange>;
  mirage::scope serving;
  auto spawned = serving.spawn("pages", serve(http, port, std::ref(pages)));
  if (spawned && metrics_port != 0)
    spawned = serving.spawn("management", serve(management, metrics_port, answer));
  mirage::require(spawned.has_value(), "there is no memory for the first tasks");

  co_await mirage::yield();  // a port that is in use ends everything here
  website_log.info("serving on port {}", port);
  co_await mirage::os::shutdown();
  co_await mirage::when_all(http.stop(), management.stop());
}
