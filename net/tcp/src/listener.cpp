// SPDX-License-Identifier: ISC
#include "mirage/tcp/listener.hpp"

#include <utility>

#include "mirage/core/os.hpp"
#include "mirage/tcp/engine.hpp"

namespace mirage::tcp_protocol {

listening_port::~listening_port() {
  require(waiting_.empty() && given_ == 0, "a listener is destroyed while a task accepts from it");
  close();
  owner_.remove(*this);
  while (first_ != nullptr) std::exchange(first_, first_->next_in_backlog)->abandon();
}

bool listening_port::is_full() const noexcept { return size_ >= owner_.options().backlog; }

accept_wait* listening_port::next_waiting() noexcept {
  if (waiting_.empty()) return nullptr;
  return static_cast<accept_wait*>(static_cast<waiter*>(&waiting_.front()));
}

void listening_port::take(live_connection& connection) noexcept {
  if (accept_wait* const who = next_waiting()) return give(*who, connection);
  connection.next_in_backlog = nullptr;
  (last_ == nullptr ? first_ : last_->next_in_backlog) = &connection;
  last_ = &connection;
  ++size_;
}

void listening_port::give(accept_wait& who, live_connection& connection) noexcept {
  who.connection = &connection;
  ++given_;
  os::here->tasks.wake(who);
}

bool listening_port::try_accept(accept_wait& who) noexcept {
  if (first_ != nullptr) {
    who.connection = std::exchange(first_, first_->next_in_backlog);
    if (first_ == nullptr) last_ = nullptr;
    --size_;
    return true;
  }
  if (!closed_) return false;
  who.failed = v1::listen_error::closed;
  return true;
}

void listening_port::wait(accept_wait& who) noexcept {
  who.was_waiting = true;
  waiting_.push_back(who);
}

live_connection& listening_port::collect(accept_wait& who) noexcept {
  if (std::exchange(who.was_waiting, false)) --given_;
  return *std::exchange(who.connection, nullptr);
}

void listening_port::leave(accept_wait& who) noexcept {
  if (who.connection == nullptr) return;
  who.unlink();
  if (who.was_waiting) --given_;
  live_connection& left = *std::exchange(who.connection, nullptr);
  if (accept_wait* const next = next_waiting()) return give(*next, left);
  // It was the first.
  left.next_in_backlog = std::exchange(first_, &left);
  if (last_ == nullptr) last_ = &left;
  ++size_;
}

void listening_port::close() noexcept {
  closed_ = true;
  while (accept_wait* const who = next_waiting()) {
    who->failed = v1::listen_error::closed;
    os::here->tasks.wake(*who);
  }
}

}  // namespace mirage::tcp_protocol
