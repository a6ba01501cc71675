// SPDX-License-Identifier: ISC
#include "mirage/management.hpp"

#include "mirage/core/text_writer.hpp"

namespace mirage::management {

namespace {

/// What `write` writes, in one buffer; no memory at the cap of the pool.
template <class Write>
buffer text_of(Write write) {
  text_writer measured{{}};
  write(measured);
  // The buffer itself shows in the counters, which may take some more digits.
  constexpr std::size_t more = 256;
  buffer text = buffer::allocate(measured.total() + more);
  if (!text) return text;
  const bytes space = text.writable();
  text_writer out{{static_cast<char*>(static_cast<void*>(space.data())), space.size()}};
  write(out);
  text.truncate(out.text().size());
  return text;
}

}  // namespace

buffer metrics() {
  return text_of([](text_writer& out) { os::here->counters.write_prometheus(out); });
}

buffer tasks() {
  return text_of([](text_writer& out) {
    os::here->tasks.for_each_task([&out](const loop::live_task& task) {
      out.append(std::size_t{2} * task.depth, ' ');
      out.append(task.name);
      out.append(": ");
      out.append(task.waiting_for == nullptr ? "ready" : task.waiting_for);
      out.append('\n');
    });
  });
}

v1::http_response response_to(std::string_view method, std::string_view path) {
  v1::http_response response{.content_type = "text/plain; charset=utf-8"};
  static constexpr v1::http_header allowed[] = {{"Allow", "GET, HEAD"}};
  if (path != "/metrics" && path != "/tasks") {
    response.status = 404;
    response.body = buffer::from_static(as_bytes("There are /metrics and /tasks.\n"));
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
  return response;
}

}  // namespace mirage::management
