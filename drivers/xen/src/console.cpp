// SPDX-License-Identifier: ISC
#include "mirage/xen/console.hpp"

#include <utility>

#include "mirage/core/panic.hpp"
#include "mirage/xen/console_ring.hpp"

namespace mirage::xen {

namespace {

constexpr char end_of_transmission = 0x04;  // Ctrl-D

console_ring ring_in(const prepared_ring& page) noexcept {
  return console_ring(*static_cast<console_interface*>(static_cast<void*>(page.memory)));
}

}  // namespace

console::~console() { require(!running(), "a console dies that was not stopped"); }

task<result<void, console_error>> console::start() {
  const prepared_ring given = platform_.console();
  if (given.memory == nullptr) co_return fail(console_error::no_console);
  ring_ = given;
  platform_.watch(*this, ring_.port);
  co_return {};
}

task<> console::stop() {
  platform_.unwatch(ring_.port);
  event_source::unlink();
  ring_ = {};
  changed_.notify();
  co_return;
}

bool console::poll() noexcept {
  changed_.notify();
  return false;
}

// The toolstack has made both ends anew before we go on.
void console::resumed() noexcept {
  if (!running()) return;
  ring_ = platform_.console();
  if (running()) platform_.watch(*this, ring_.port);
  changed_.notify();
}

task<result<buffer, v1::flow_error>> console::read() {
  buffer typed = buffer::allocate(read_bytes);
  if (!typed) co_return fail(v1::flow_error::no_memory);
  while (running() && !ended_) {
    const std::size_t size = ring_in(ring_).take(typed.writable());
    if (size == 0) {
      co_await changed_;
      continue;
    }
    platform_.notify(ring_.port);
    read_ += size;
    typed.truncate(size);
    if (const auto end = typed.text().find(end_of_transmission); end != std::string_view::npos) {
      ended_ = true;
      typed.truncate(end);
    }
    co_return typed;
  }
  co_return buffer();
}

task<result<void, v1::flow_error>> console::write(buffer one) {
  std::string_view left = one.text();
  while (running()) {
    const std::size_t taken = ring_in(ring_).put(left);
    if (taken != 0) platform_.notify(ring_.port);
    written_ += taken;
    left.remove_prefix(taken);
    if (left.empty()) co_return {};
    co_await changed_;
  }
  co_return fail(v1::flow_error::closed);
}

task<result<void, v1::flow_error>> console::write(buffer_list several) {
  for (buffer& each : several) {
    auto written = co_await write(std::move(each));
    if (!written) co_return written;
  }
  co_return {};
}

}  // namespace mirage::xen
