// SPDX-License-Identifier: ISC
#include "mirage/linux/host_console.hpp"

#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "mirage/core/os.hpp"

namespace mirage {

namespace {

constexpr std::size_t most_read = 4096;
// A pipe that has room at all has room for this much (PIPE_BUF), so writing it does not block.
constexpr std::size_t most_written = 4096;

// poll(2) that only looks. A descriptor that is closed or has failed counts as ready: trying tells.
bool is_ready(int descriptor, short direction) noexcept {
  pollfd look{.fd = descriptor, .events = direction, .revents = 0};
  return descriptor < 0 || ::poll(&look, 1, 0) > 0;
}

}  // namespace

host_console::host_console(std::string_view name, int input, int output) noexcept : name_(name) {
  input_.descriptor = input;
  output_.descriptor = output;
}

host_console::~host_console() {
  for (end* each : {&input_, &output_})
    if (each->watched) machine::unwatch(*each, each->descriptor);
}

// Files cannot be watched, and need not be: they are always ready.
void host_console::end::open(host_console& owner) noexcept {
  console = &owner;
  if (is_ready(descriptor, 0)) return;  // closed, or hung up for good
  watched = machine::watch(*this, descriptor).has_value();
}

// When it is first used: a constructor does no I/O.
void host_console::open() noexcept {
  if (std::exchange(opened_, true)) return;
  for (end* each : {&input_, &output_}) each->open(*this);
}

bool host_console::end::poll() noexcept {
  ready = 0;
  console->poll();
  return false;
}

void host_console::poll() noexcept {
  loop& tasks = os::here->tasks;
  if (reader_ != nullptr && !reader_->outcome && try_read(*reader_)) tasks.wake(*reader_);
  if (writer_ != nullptr && !writer_->outcome && try_write(*writer_)) tasks.wake(*writer_);
}

bool host_console::try_read(reading& to) noexcept {
  if (arrived_) {
    to.outcome = std::move(arrived_);
    return true;
  }
  open();
  if (!is_ready(input_.descriptor, POLLIN)) return false;
  buffer room = buffer::allocate(most_read);
  if (!room) {
    to.outcome = fail(v1::flow_error::no_memory);
    return true;
  }
  const ssize_t count = ::read(input_.descriptor, room.writable().data(), room.size());
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
  // A terminal that is gone gives EIO: that is the end, too.
  room.truncate(count > 0 ? static_cast<std::size_t>(count) : 0);
  to.outcome = std::move(room);
  return true;
}

bool host_console::try_write(writing& what) noexcept {
  open();
  if (poisoned_) {
    what.outcome = fail(v1::flow_error::closed);
    return true;
  }
  while (what.first < what.parts.size()) {
    buffer& part = what.parts[what.first];
    if (part.empty()) {
      part = buffer();
      ++what.first;
      continue;
    }
    if (!is_ready(output_.descriptor, POLLOUT)) return false;
    const std::size_t size = part.size() < most_written ? part.size() : most_written;
    const ssize_t count = ::write(output_.descriptor, part.data(), size);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0 && errno == EAGAIN) return false;
    if (count < 0) {
      what.outcome = fail(v1::flow_error::closed);
      return true;
    }
    what.part_taken = true;
    part.drop_front(static_cast<std::size_t>(count));
  }
  what.outcome.emplace();
  return true;
}

}  // namespace mirage
