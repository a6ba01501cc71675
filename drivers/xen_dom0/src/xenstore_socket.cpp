// SPDX-License-Identifier: ISC
#include "mirage/xen_dom0/xenstore_socket.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <cerrno>
#include <utility>

namespace mirage::xen {

namespace {

bool not_now(int error) noexcept { return error == EAGAIN || error == EWOULDBLOCK; }

}  // namespace

bool xenstore_socket::connect(const std::string& path) noexcept {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  if (path.size() >= sizeof address.sun_path) return false;
  path.copy(address.sun_path, path.size());
  file_descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!made) return false;
  const void* const any_address = &address;
  if (::connect(made.get(), static_cast<const sockaddr*>(any_address), sizeof address) != 0) return false;
  if (!machine::watch(*this, made.get())) return false;
  socket_ = std::move(made);
  return true;
}

void xenstore_socket::disconnect() noexcept {
  if (socket_) machine::unwatch(*this, socket_.get());
  socket_.reset();
}

bool xenstore_socket::poll() noexcept {
  if (user_ != nullptr) user_->ready();
  return false;
}

std::optional<std::size_t> xenstore_socket::write(cbytes from) noexcept {
  if (!socket_) return std::nullopt;
  ssize_t count = 0;
  do {
    count = ::send(socket_.get(), from.data(), from.size(), MSG_NOSIGNAL);
  } while (count < 0 && errno == EINTR);
  if (count >= 0) return static_cast<std::size_t>(count);
  return not_now(errno) ? std::optional<std::size_t>(0) : std::nullopt;
}

std::optional<std::size_t> xenstore_socket::read(bytes to) noexcept {
  if (!socket_) return std::nullopt;
  ssize_t count = 0;
  do {
    count = ::recv(socket_.get(), to.data(), to.size(), 0);
  } while (count < 0 && errno == EINTR);
  if (count > 0) return static_cast<std::size_t>(count);
  return count < 0 && not_now(errno) ? std::optional<std::size_t>(0) : std::nullopt;  // at 0 it has ended
}

}  // namespace mirage::xen
