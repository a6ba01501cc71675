// SPDX-License-Identifier: ISC
#include "mirage/xen/vchan.hpp"

#include <algorithm>
#include <memory>

#include "mirage/core/sleep.hpp"
#include "vchan_connection.hpp"

namespace mirage::xen {

namespace {

constexpr std::size_t read_bytes = 16384;
// How long an end that served waits for the other to let go of its memory.
constexpr duration close_limit = 1s;

using side = detail::vchan_connection::side;

// A write that is destroyed between its first and its last byte has ended writing.
class write_in_progress {
 public:
  explicit write_in_progress(detail::vchan_connection& of) noexcept : of_(of) {}
  write_in_progress(const write_in_progress&) = delete;
  write_in_progress& operator=(const write_in_progress&) = delete;
  ~write_in_progress() {
    if (begun && !done) of_.writing_ended = true;
  }
  bool begun = false;
  bool done = false;

 private:
  detail::vchan_connection& of_;
};

}  // namespace

// ---- The flow ------------------------------------------------------------------------------------------

vchan& vchan::operator=(vchan&& other) noexcept {
  vchan old(std::move(*this));
  connection_ = std::move(other.connection_);
  return *this;
}

// A task that waits may hold the connection for a while yet.
vchan::~vchan() {
  if (connection_ && !connection_->closed) connection_->close(false);
}

task<result<buffer, v1::flow_error>> vchan::read_from(shared connection) {
  while (true) {
    if (connection->closed) co_return fail(v1::flow_error::closed);
    const side other = connection->other_side();
    const std::size_t some = connection->readable();
    if (other == side::reset || connection->other_side() == side::reset)
      co_return fail(v1::flow_error::reset);
    if (some != 0) {
      buffer room = buffer::allocate(std::min(some, read_bytes));
      if (!room) co_return fail(v1::flow_error::no_memory);
      connection->read(room.writable());
      co_return room;
    }
    if (other == side::ended) co_return buffer();
    if (connection->other_side() == side::open) co_await connection->changed;
  }
}

task<result<void, v1::flow_error>> vchan::write(buffer one) {
  buffer_list list;
  list.push_back(std::move(one));
  return write_to(connection_, std::move(list));
}

task<result<void, v1::flow_error>> vchan::write_to(shared connection, buffer_list data) {
  write_in_progress progress(*connection);
  for (const buffer& each : data) {
    cbytes rest = each.view();
    while (!rest.empty()) {
      if (connection->closed || connection->writing_ended) co_return fail(v1::flow_error::closed);
      const std::size_t room = connection->writable();
      if (connection->other_side() == side::reset || connection->other_has_gone())
        co_return fail(v1::flow_error::reset);
      if (room == 0) {
        co_await connection->changed;
        continue;
      }
      const cbytes part = rest.first(std::min(room, rest.size()));
      connection->write(part);
      progress.begun = true;
      rest = rest.subspan(part.size());
    }
  }
  progress.done = true;
  co_return {};
}

task<> vchan::end_writing(shared connection) {
  if (!connection->closed && !connection->writing_ended) connection->end_writing();
  co_return;
}

task<> vchan::end(shared connection) {
  if (connection->closed) co_return;
  connection->close(true);
  if (!connection->serves()) co_return;
  for (duration waited{}; waited < close_limit && !connection->other_has_gone(); waited += 10ms)
    co_await sleep_for(10ms);
}

// ---- Server and client ---------------------------------------------------------------------------------

task<result<vchan, vchan_error>> vchan_server::accept() {
  while (true) {
    auto connection = co_await offer();
    MIRAGE_CO_TRY_VOID(connection);
    detail::vchan_connection& one = **connection;
    while (!one.was_lost() && !one.client_has_come()) co_await one.changed;
    if (one.was_lost()) continue;
    for (const char* const key : {"/ring-ref", "/event-channel"})
      static_cast<void>(co_await store_.remove(path_ + key));
    co_return vchan(*std::move(connection));
  }
}

task<result<vchan::shared, vchan_error>> vchan_server::offer() {
  vchan::shared connection = std::make_unique<detail::vchan_connection>(xen_, client_, true);
  auto shared = connection->share(options_);
  MIRAGE_CO_TRY_VOID(shared);
  auto publish = [&](transaction within) -> task<result<void, xenstore_error>> {
    for (const auto& [key, value] :
         {std::pair{"/ring-ref", connection->reference()}, std::pair{"/event-channel", connection->port()}}) {
      auto written = co_await store_.write(path_ + key, std::to_string(value), within);
      MIRAGE_CO_TRY_VOID(written);
      auto permitted = co_await store_.permit(path_ + key, xen_.own_domain(), client_, within);
      MIRAGE_CO_TRY_VOID(permitted);
    }
    co_return {};
  };
  auto published = co_await store_.atomically(publish);
  if (!published && !connection->was_lost()) co_return fail(vchan_error::no_xenstore);
  co_return connection;
}

task<result<vchan, vchan_error>> connect_vchan(hypervisor& xen, xenstore& store, domain_id server,
                                               std::string path) {
  if (!path.starts_with('/')) path = "/local/domain/" + std::to_string(server) + "/" + path;
  event changed;
  const xenstore_watch watch(store, path, changed);
  while (!watch.failed()) {
    auto page = co_await store.read_number(path + "/ring-ref");
    auto port = co_await store.read_number(path + "/event-channel");
    if (page && port) {
      vchan::shared connection = std::make_unique<detail::vchan_connection>(xen, server, false);
      auto attached = connection->attach(static_cast<grant_reference>(*page), static_cast<event_port>(*port));
      if (attached) co_return vchan(std::move(connection));
      // It may be that of a client before us.
      if (attached.error() == vchan_error::bad_layout) co_return fail(attached.error());
    }
    co_await changed;
    changed.reset();
  }
  co_return fail(vchan_error::no_xenstore);
}

}  // namespace mirage::xen
