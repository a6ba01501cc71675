// SPDX-License-Identifier: ISC
#include "mirage/tcp/live_connection.hpp"

#include "mirage/core/os.hpp"
#include "mirage/tcp/engine.hpp"

namespace mirage::tcp_protocol {

live_connection::live_connection(engine& of, const endpoint& here, const endpoint& there,
                                 const connection::identity& who, const path& way) noexcept
    : owner(of), local(here), peer(there), timer(&engine::alarm_rang, this), core(of.shared_, who, way) {}

result<buffer, v1::flow_error> live_connection::take_read() noexcept {
  if (closed) return fail(v1::flow_error::closed);
  buffer data = core.read(os::now());
  if (!data.empty()) {
    if (core.has_to_tell()) owner.touch(*this);
    return data;
  }
  if (const auto failed = core.failure()) return fail(*failed);
  return data;
}

bool live_connection::try_write(pending_write<live_connection>& work) noexcept {
  if (closed || poisoned) {
    work.outcome = fail(v1::flow_error::closed);
    return true;
  }
  if (const auto failed = core.failure()) {
    work.outcome = fail(*failed);
    return true;
  }
  bool taken = false;
  for (; work.first < work.parts.size(); ++work.first) {
    buffer& part = work.parts[work.first];
    if (part.empty()) continue;
    if (!core.can_write()) {
      work.outcome = fail(v1::flow_error::closed);
      return true;
    }
    taken = core.write(part, os::now()) > 0 || taken;
    if (!part.empty()) break;
    part = buffer();
  }
  if (taken) {
    work.part_taken = true;
    owner.touch(*this);
  }
  if (work.first < work.parts.size()) return false;
  work.parts.clear();
  work.outcome.emplace();
  return true;
}

void live_connection::shutdown() noexcept {
  if (closed) return;
  core.shutdown(os::now());
  if (writer != nullptr && !writer->outcome && try_write(*writer)) os::here->tasks.wake(*writer);
  owner.touch(*this);
}

void live_connection::close() noexcept {
  if (closed) return;
  closed = true;
  core.close(os::now());
  end_wait(reader);
  end_wait(writer);
  owner.touch(*this);
}

void live_connection::abandon() noexcept {
  if (!closed) {
    closed = true;
    core.abort(os::now());
  }
  end_wait(reader);
  end_wait(writer);
  owner.release(*this);
}

void live_connection::set_keep_alive(duration idle) noexcept {
  core.set_keep_alive(idle, os::now());
  owner.touch(*this);
}

}  // namespace mirage::tcp_protocol
