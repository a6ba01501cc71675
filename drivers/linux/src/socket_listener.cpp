// SPDX-License-Identifier: ISC
#include "mirage/linux/socket_listener.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <cerrno>
#include <utility>

#include "mirage/core/log.hpp"
#include "mirage/core/os.hpp"
#include "mirage/linux/socket_tcp.hpp"
#include "socket_address.hpp"

namespace mirage::detail {

namespace {

constexpr log_source tcp_log{"tcp"};
constexpr duration pause_when_exhausted = 100ms;

bool is_exhaustion(int error) noexcept {
  return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

// Errors of the connection that was at the front, not of the listening socket (accept(2)).
bool concerns_one_connection(int error) noexcept {
  return error != EINVAL && error != ENOTSOCK && error != EBADF;
}

}  // namespace

listening_port::~listening_port() {
  require(!accepting_.in_use(), "a listener is destroyed while a task accepts from it");
  close();
  while (left_behind_ != nullptr) {
    auto next = std::move(left_behind_->next);
    owner_.give_back(std::exchange(left_behind_, std::move(next)));
  }
}

result<void, v1::listen_error> listening_port::add(file_descriptor socket) noexcept {
  acceptor& added = acceptors_[acceptors_[0].socket ? 1 : 0];
  added.port = this;
  added.socket = std::move(socket);
  if (!machine::watch(added, added.socket.get())) return fail(v1::listen_error::no_memory);
  return {};
}

void listening_port::close() noexcept {
  closed_ = true;
  retry_.clear();
  for (acceptor& each : acceptors_) {
    if (!each.socket) continue;
    machine::unwatch(each, each.socket.get());
    each.socket.reset();
  }
  accepting_.close();
}

bool listening_port::try_accept(pending& who) noexcept {
  if (left_behind_ != nullptr && accepting_.empty()) {
    who.connection = std::move(left_behind_);
    left_behind_ = std::move(who.connection->next);
    return true;
  }
  if (closed_) {
    who.failed = v1::listen_error::closed;
    return true;
  }
  if (!accepting_.empty()) return false;
  for (acceptor& each : acceptors_) {
    if ((each.ready & machine::descriptor_source::readable) == 0) continue;
    if (accept_one(each, who.connection) == attempt::accepted) return true;
  }
  return false;
}

// What is still readable waits for the next round: one that accepts in a loop does not hold up the others.
void listening_port::wait(pending& who) noexcept {
  accepting_.wait(who);
  for (acceptor& each : acceptors_) {
    const bool more = (each.ready & machine::descriptor_source::readable) != 0;
    if (more && retry_.due() == never) os::here->tasks.mark(each);
  }
}

void listening_port::leave(pending& who) noexcept {
  connection_pointer left = accepting_.leave(who);
  if (left == nullptr) return;
  left->next = std::move(left_behind_);
  left_behind_ = std::move(left);
}

bool listening_port::in_budget() noexcept {
  const std::uint64_t round = os::here->tasks.counted().rounds;
  if (round != round_) {
    round_ = round;
    spent_ = 0;
  }
  return ++spent_ <= owner_.options().accepts_a_round;
}

listening_port::attempt listening_port::accept_one(acceptor& from, connection_pointer& to) noexcept {
  while (in_budget()) {
    socket_address peer{};
    socklen_t size = sizeof peer;
    ++owner_.accept_calls_;
    file_descriptor socket(::accept4(from.socket.get(), peer.data(), &size, SOCK_NONBLOCK | SOCK_CLOEXEC));
    if (!socket) {
      if (errno == EAGAIN) {
        from.ready = 0;
        return attempt::nothing;
      }
      if (is_exhaustion(errno)) {
        if (refuse_one(from) == attempt::exhausted) return attempt::exhausted;
        continue;
      }
      require(concerns_one_connection(errno), "a listening socket is not one any more");
      continue;
    }
    auto connection = owner_.take();
    if (connection == nullptr) {
      ++owner_.at_limit_;
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
      continue;
    }
    if (!connection->open(std::move(socket), to_endpoint(peer), true)) {
      ++owner_.no_descriptor_;
      owner_.give_back(std::move(connection));
      continue;
    }
    ++owner_.accepted_;
    ++taken_;
    to = std::move(connection);
    return attempt::accepted;
  }
  return attempt::budget_spent;
}

// Without a descriptor the connection would stay at the front of the queue, and its client would wait in
// vain. The reserve is given up to take it, and to reset it.
listening_port::attempt listening_port::refuse_one(acceptor& from) noexcept {
  if (owner_.reserve_) {
    owner_.reserve_.reset();
    file_descriptor socket(::accept4(from.socket.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (socket) {
      ++owner_.no_descriptor_;
      const linger at_once{.l_onoff = 1, .l_linger = 0};
      ::setsockopt(socket.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    }
    const bool refused = static_cast<bool>(socket);
    socket.reset();
    owner_.reserve_ = file_descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    if (refused) return attempt::nothing;
  } else {
    owner_.reserve_ = file_descriptor(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  }
  try_later();
  return attempt::exhausted;
}

void listening_port::try_later() noexcept {
  if (retry_.due() != never) return;
  tcp_log.warning("no descriptor for a new connection to {}; trying again in {} ms", local_,
                  pause_when_exhausted / 1ms);
  retry_.set(later(os::now(), pause_when_exhausted));
}

void listening_port::retry(void* port) noexcept {
  for (acceptor& each : static_cast<listening_port*>(port)->acceptors_)
    if (each.socket) os::here->tasks.mark(each);
}

bool listening_port::acceptor::poll() noexcept {
  attempt result = attempt::accepted;
  while (result == attempt::accepted && !port->accepting_.empty()) {
    connection_pointer connection;
    result = port->accept_one(*this, connection);
    if (result == attempt::accepted) port->accepting_.give(std::move(connection));
  }
  // With those that tasks have taken without a look.
  os::here->tasks.found(std::exchange(port->taken_, 0));
  return result == attempt::budget_spent;
}

}  // namespace mirage::detail
