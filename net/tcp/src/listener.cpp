// SPDX-License-Identifier: ISC
#include "mirage/tcp/listener.hpp"

#include <utility>

#include "mirage/tcp/engine.hpp"

namespace mirage::tcp_protocol {

listening_port::~listening_port() {
  require(!accepting_.in_use(), "a listener is destroyed while a task accepts from it");
  close();
  owner_.remove(*this);
  while (first_ != nullptr) std::exchange(first_, first_->next_in_backlog)->abandon();
}

bool listening_port::is_full() const noexcept { return size_ >= owner_.options().backlog; }

void listening_port::take(live_connection& connection) noexcept {
  if (!accepting_.empty()) return accepting_.give(&connection);
  connection.next_in_backlog = nullptr;
  (last_ == nullptr ? first_ : last_->next_in_backlog) = &connection;
  last_ = &connection;
  ++size_;
}

bool listening_port::try_accept(pending& who) noexcept {
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

void listening_port::leave(pending& who) noexcept {
  live_connection* const left = accepting_.leave(who);
  if (left == nullptr) return;
  // It was the first.
  left->next_in_backlog = std::exchange(first_, left);
  if (last_ == nullptr) last_ = left;
  ++size_;
}

void listening_port::close() noexcept {
  closed_ = true;
  accepting_.close();
}

}  // namespace mirage::tcp_protocol
