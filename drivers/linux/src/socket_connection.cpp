// SPDX-License-Identifier: ISC
#include "mirage/linux/socket_connection.hpp"

#include <netinet/tcp.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include <array>
#include <cerrno>
#include <utility>

#include "mirage/core/os.hpp"
#include "mirage/linux/socket_tcp.hpp"
#include "socket_address.hpp"

namespace mirage::detail {

namespace {

// Sizes of the pool. A request fits in the first; a stream grows to the last.
constexpr std::array<std::size_t, 4> rooms{2048, 4096, 16384, 65536};
constexpr std::size_t most_discarded = 256 * 1024;
// Below this a copy costs less than the second system call.
constexpr std::size_t least_to_send_from_file = 8 * 1024;

// The kernel took that many bytes more.
void drop_front(pending_write<socket_connection>& work, std::size_t taken) noexcept {
  if (taken > 0) work.part_taken = true;
  while (work.first < work.parts.size()) {
    buffer& part = work.parts[work.first];
    const std::size_t step = taken < part.size() ? taken : part.size();
    part.drop_front(step);
    taken -= step;
    if (!part.empty()) return;
    part = buffer();
    ++work.first;
  }
}

}  // namespace

bool socket_connection::open(file_descriptor socket, const endpoint& peer, bool is_connected) noexcept {
  socket_ = std::move(socket);
  peer_ = peer;
  local_.reset();
  failed_.reset();
  connected_.reset();
  ready = 0;
  room_ = 0;
  out_of_memory_ = at_end_ = shut_down_ = poisoned_ = false;
  if (is_connected) {
    connected_.emplace();
    ready = writable;  // every new connection is
  }
  if (machine::watch(*this, socket_.get())) return true;
  abort();
  return false;
}

bool socket_connection::try_read() noexcept {
  if (!socket_ || arrived_ || at_end_ || failed_) return true;
  return (ready & readable) != 0 && receive();
}

bool socket_connection::receive() noexcept {
  buffer room = buffer::allocate(rooms[room_]);
  if (!room) return out_of_memory_ = true;
  ssize_t count = 0;
  do {
    count = ::recv(socket_.get(), room.writable().data(), room.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count > 0) {
    const auto received = static_cast<std::size_t>(count);
    // Less than there was room for: nothing is left, and more will be reported. A hang-up may have been
    // reported along with the last bytes, so then the end is still to be read.
    if (received < room.size() && (ready & hangup) == 0) clear(readable);
    adapt(received, room.size());
    room.truncate(received);
    arrived_ = std::move(room);
    return true;
  }
  if (count == 0) return at_end_ = true;
  if (errno == EAGAIN) {
    clear(readable);
    return false;
  }
  failed_ = flow_error_of(errno);
  return true;
}

void socket_connection::adapt(std::size_t received, std::size_t room) noexcept {
  if (received == room && room_ + 1U < rooms.size()) ++room_;
  if (received < room / 8 && room_ > 0) --room_;
}

result<buffer, v1::flow_error> socket_connection::take_read() noexcept {
  if (!socket_) return fail(v1::flow_error::closed);
  if (arrived_) return std::move(arrived_);
  if (std::exchange(out_of_memory_, false)) return fail(v1::flow_error::no_memory);
  if (failed_) return fail(*failed_);
  return buffer();
}

bool socket_connection::try_write(pending_write<socket_connection>& work) noexcept {
  if (!socket_ || shut_down_ || poisoned_) {
    work.outcome = fail(v1::flow_error::closed);
  } else if (failed_) {
    work.outcome = fail(*failed_);
  } else if (total_size(work.parts) == 0) {
    work.outcome.emplace();
  } else {
    return (ready & writable) != 0 && send(work);
  }
  return true;
}

bool socket_connection::send(pending_write<socket_connection>& work) noexcept {
  while (true) {
    const auto [wanted, sent] = send_some(work);
    if (sent < 0 && errno == EINTR) continue;
    if (sent < 0 && errno != EAGAIN) {
      failed_ = flow_error_of(errno);
      work.outcome = fail(*failed_);
      return true;
    }
    const std::size_t taken = sent < 0 ? 0 : static_cast<std::size_t>(sent);
    drop_front(work, taken);
    if (work.first == work.parts.size()) {
      work.parts.clear();
      work.outcome.emplace();
      return true;
    }
    if (taken < wanted) {
      clear(writable);
      return false;
    }
  }
}

// What can go in one system call: a large part of the image by itself, or everything before the next one.
socket_connection::attempt socket_connection::send_some(pending_write<socket_connection>& work) noexcept {
  const image_file& image = owner_.image();
  std::array<iovec, buffer_list::capacity()> parts;
  std::size_t count = 0;
  std::size_t wanted = 0;
  int flags = MSG_NOSIGNAL;
  for (std::size_t i = work.first; i < work.parts.size(); ++i) {
    const buffer& part = work.parts[i];
    if (part.size() >= least_to_send_from_file) {
      if (const auto place = image.offset_of(part.view())) {
        if (count == 0) {
          auto offset = static_cast<off_t>(*place);
          return {part.size(), ::sendfile(socket_.get(), image.descriptor(), &offset, part.size())};
        }
        flags |= MSG_MORE;
        break;
      }
    }
    // The interface lacks a const: sendmsg only reads.
    parts[count++] = {const_cast<std::byte*>(part.data()), part.size()};
    wanted += part.size();
  }
  if (count == 1) return {wanted, ::send(socket_.get(), parts[0].iov_base, parts[0].iov_len, flags)};
  msghdr message{};
  message.msg_iov = parts.data();
  message.msg_iovlen = count;
  return {wanted, ::sendmsg(socket_.get(), &message, flags)};
}

void socket_connection::shutdown() noexcept {
  if (!socket_ || shut_down_) return;
  shut_down_ = true;
  ::shutdown(socket_.get(), SHUT_WR);
  if (writer != nullptr && try_write(*writer)) os::here->tasks.wake(*writer);
}

// The kernel answers close() with RST instead of FIN while something unread is there, and the peer may then
// lose what it has not yet read of ours.
void socket_connection::discard_input() noexcept {
  if (at_end_ || (ready & readable) == 0) return;
  for (std::size_t discarded = 0; discarded < most_discarded;) {
    const ssize_t count = ::recv(socket_.get(), nullptr, most_discarded, MSG_TRUNC);
    if (count <= 0) return;
    discarded += static_cast<std::size_t>(count);
  }
}

void socket_connection::close() noexcept {
  if (!socket_) return;
  [[maybe_unused]] const endpoint kept = local_end();
  discard_input();
  end();
}

void socket_connection::abort() noexcept {
  if (socket_) {
    const linger at_once{.l_onoff = 1, .l_linger = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
  }
  end();
}

void socket_connection::abandon() noexcept { owner_.give_back(std::unique_ptr<socket_connection>(this)); }

// Closing takes the descriptor out of the poller's set, too, so `machine::unwatch` would only cost a call.
void socket_connection::end() noexcept {
  unlink();
  socket_.reset();
  arrived_ = buffer();
  end_wait(reader);
  end_wait(writer);
  end_wait(connector);
}

endpoint socket_connection::local_end() const noexcept {
  if (!local_ && socket_) local_ = local_of(socket_.get());
  return local_.value_or(endpoint());
}

void socket_connection::set_no_delay(bool on) noexcept {
  set_option(socket_.get(), IPPROTO_TCP, TCP_NODELAY, on ? 1 : 0);
}

void socket_connection::set_keep_alive(duration idle) noexcept {
  const auto seconds = static_cast<int>(std::chrono::ceil<std::chrono::seconds>(idle).count());
  set_option(socket_.get(), SOL_SOCKET, SO_KEEPALIVE, seconds > 0 ? 1 : 0);
  if (seconds > 0) set_option(socket_.get(), IPPROTO_TCP, TCP_KEEPIDLE, seconds);
}

void socket_connection::poll_connecting() noexcept {
  if ((ready & (writable | hangup)) == 0) return;
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  connected_.emplace();
  if (error != 0) connected_ = fail(flow_error_of(error));
  if (connector != nullptr) os::here->tasks.wake(*connector);
}

bool socket_connection::poll() noexcept {
  loop& tasks = os::here->tasks;
  if (!connected_) poll_connecting();
  if (reader != nullptr && try_read()) tasks.wake(*reader);
  if (writer != nullptr && !writer->outcome && try_write(*writer)) tasks.wake(*writer);
  return false;
}

}  // namespace mirage::detail
