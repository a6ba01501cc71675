// SPDX-License-Identifier: ISC
// From one idle time of a connection to the next.
#include "mirage/http/connection.hpp"

#include <utility>

#include "busy_connection.hpp"
#include "mirage/core/os.hpp"

namespace mirage::http {

connection::connection(service& on, stream& flow) noexcept
    : service_(on), stream_(flow), idle_until_(later(os::now(), on.server_.limits_.idle_time)) {
  ++on.server_.counters_.connections;
  ++on.server_.counters_.open;
  on.connections_.push_back(*this);
}

connection::~connection() { --service_.server_.counters_.open; }

void connection::stop() noexcept {
  if (busy_ != nullptr)
    busy_->stop();
  else
    wait_.interrupt();
}

/// Spelled out in one coroutine, for each frame more is paid by every request.
task<> connection::serve(std::optional<result<buffer, v1::flow_error>>& got) {
  busy_connection busy(*this);
  open_ = false;
  if (!busy.received(got)) co_return;
  server_core::need next{};
  while (true) {
    next = busy.next();
    if (next == server_core::need::request) {
#if MIRAGE_EXCEPTIONS
      try {
        task<> work = busy.begin_exchange();
        if (work) co_await std::move(work);
      } catch (...) {
        busy.failed_exchange();
      }
#else
      task<> work = busy.begin_exchange();
      if (work) co_await std::move(work);
#endif
      busy.finish_exchange();
      if (busy.more_fits()) continue;
    }
    while (!busy.output_.empty()) {
      auto written = co_await busy.write();
      if (!busy.wrote(written)) co_return;
    }
    if (next == server_core::need::request) continue;
    if (next != server_core::need::input) break;
    if (busy.core_.idle()) {
      idle_until_ = busy.core_.deadline();
      requests_ = busy.core_.requests();
      open_ = true;
      co_return;
    }
    busy.interruptible_ = true;
    got = co_await busy.read();
    busy.interruptible_ = false;
    if (!busy.received(got)) co_return;
  }
  if (next == server_core::need::refusal)
    co_await busy.refuse();
  else
    co_await busy.leave(busy.input_.empty() && busy.core_.body_done());
}

}  // namespace mirage::http
