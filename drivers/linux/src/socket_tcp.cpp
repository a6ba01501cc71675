// SPDX-License-Identifier: ISC
#include "mirage/linux/socket_tcp.hpp"

#include <fcntl.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <cerrno>

#include "mirage/core/os.hpp"
#include "socket_address.hpp"

namespace mirage {

namespace {

// A port that is free for IPv4 may be taken for IPv6; then another one is tried.
constexpr int attempts_for_a_free_port = 16;

}  // namespace

socket_tcp::socket_tcp(std::string_view name, const socket_options& options) noexcept
    : name_(name), options_(options), reserve_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

socket_tcp::~socket_tcp() {
  require(open_ == 0, "a TCP connection outlives the stack that it came from");
  require(listeners_.empty(), "a TCP listener outlives the stack that it came from");
  while (free_ != nullptr) free_ = std::move(free_->next);
}

std::unique_ptr<detail::socket_connection> socket_tcp::take() noexcept {
  if (open_ >= options_.max_connections) return nullptr;
  ++open_;
  if (free_ == nullptr) return std::make_unique<detail::socket_connection>(*this);
  auto taken = std::move(free_);
  free_ = std::move(taken->next);
  return taken;
}

void socket_tcp::give_back(std::unique_ptr<detail::socket_connection> connection) noexcept {
  connection->abort();
  connection->next = std::move(free_);
  free_ = std::move(connection);
  --open_;
}

// ---- Connecting ----------------------------------------------------------------------------------------

std::unique_ptr<detail::socket_connection> socket_tcp::start_connecting(const endpoint& peer,
                                                                        v1::flow_error& why) noexcept {
  auto connection = take();
  if (connection == nullptr) {
    ++at_limit_;
    why = v1::flow_error::no_memory;
    return nullptr;
  }
  auto done = connect_socket(peer);
  if (done && connection->open(std::move(done->socket), peer, done->at_once)) return connection;
  why = done ? v1::flow_error::no_memory : done.error();
  give_back(std::move(connection));
  return nullptr;
}

result<socket_tcp::connecting, v1::flow_error> socket_tcp::connect_socket(const endpoint& peer) noexcept {
  const bool v4 = peer.address.is_v4();
  if (v4 ? options_.ipv6_only : options_.ipv4_only) return fail(v1::flow_error::unreachable);
  file_descriptor socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(detail::flow_error_of(errno));
  detail::set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  const ip_address from = v4 ? ip_address(options_.ipv4.value_or(ipv4_prefix()).address())
                             : ip_address(options_.ipv6.value_or(ipv6_prefix()).address());
  if (!from.is_unspecified()) {
    const detail::socket_address source = detail::to_socket_address({from, 0});
    detail::set_option(socket.get(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1);
    if (::bind(socket.get(), source.data(), source.size()) != 0) return fail(v1::flow_error::unreachable);
  }
  const detail::socket_address address = detail::to_socket_address(peer);
  const bool done = ::connect(socket.get(), address.data(), address.size()) == 0;
  if (!done && errno != EINPROGRESS) return fail(detail::flow_error_of(errno));
  return connecting{std::move(socket), done};
}

bool socket_tcp::connect_awaiter::await_ready() noexcept {
  owned_ = tcp_.start_connecting(peer_, why_);
  connection = owned_.get();
  return connection == nullptr || connection->connected().has_value();
}

result<socket_flow, v1::flow_error> socket_tcp::connect_awaiter::await_resume() noexcept {
  if (owned_ == nullptr) return fail(why_);
  owned_->connector = nullptr;
  const auto& connected = owned_->connected();
  if (!connected) return fail(v1::flow_error::closed);
  if (!*connected) return fail(connected->error());
  ++tcp_.connected_;
  return socket_flow(*owned_.release());
}

socket_tcp::connect_awaiter::~connect_awaiter() {
  if (owned_ == nullptr) return;
  owned_->connector = nullptr;
  tcp_.give_back(std::move(owned_));
}

// ---- Listening -----------------------------------------------------------------------------------------

result<file_descriptor, v1::listen_error> socket_tcp::open_listening(const endpoint& local) noexcept {
  const bool v4 = local.address.is_v4();
  file_descriptor socket(::socket(v4 ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
  if (!socket) return fail(detail::listen_error_of(errno));
  if (!v4) detail::set_option(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, 1);
  detail::set_option(socket.get(), SOL_SOCKET, SO_REUSEADDR, 1);
  if (options_.reuse_port) detail::set_option(socket.get(), SOL_SOCKET, SO_REUSEPORT, 1);
  // What is accepted inherits it.
  detail::set_option(socket.get(), IPPROTO_TCP, TCP_NODELAY, 1);
  const detail::socket_address address = detail::to_socket_address(local);
  if (::bind(socket.get(), address.data(), address.size()) != 0) return fail(detail::listen_error_of(errno));
  if (::listen(socket.get(), options_.backlog) != 0) return fail(detail::listen_error_of(errno));
  return socket;
}

// All addresses, or those that the options say instead.
result<void, v1::listen_error> socket_tcp::listen_on_both(detail::listening_port& port,
                                                          std::uint16_t number) noexcept {
  bool one = false;
  if (!options_.ipv6_only) {
    MIRAGE_TRY(file_descriptor socket,
               open_listening({options_.ipv4.value_or(ipv4_prefix()).address(), number}));
    port.set_local(detail::local_of(socket.get()));
    number = port.local().port;
    MIRAGE_TRY_VOID(port.add(std::move(socket)));
    one = true;
  }
  if (!options_.ipv4_only) {
    auto socket = open_listening({options_.ipv6.value_or(ipv6_prefix()).address(), number});
    // A machine without IPv6 serves IPv4.
    if (!socket && one && !options_.ipv6 && socket.error() == v1::listen_error::no_address) return {};
    if (!socket) return fail(socket.error());
    if (!one) port.set_local(detail::local_of(socket->get()));
    MIRAGE_TRY_VOID(port.add(*std::move(socket)));
  }
  return {};
}

result<socket_listener, v1::listen_error> socket_tcp::listen(const endpoint& local) {
  const bool v4 = local.address.is_v4();
  if (!local.address.is_unspecified()) {
    if (v4 ? options_.ipv6_only : options_.ipv4_only) return fail(v1::listen_error::no_address);
    MIRAGE_TRY(file_descriptor socket, open_listening(local));
    auto port = std::make_unique<detail::listening_port>(*this);
    port->set_local(detail::local_of(socket.get()));
    MIRAGE_TRY_VOID(port->add(std::move(socket)));
    listeners_.push_back(*port);
    return socket_listener(std::move(port));
  }
  for (int attempt = 1;; ++attempt) {
    auto port = std::make_unique<detail::listening_port>(*this);
    auto listening = listen_on_both(*port, local.port);
    if (listening) {
      listeners_.push_back(*port);
      return socket_listener(std::move(port));
    }
    const bool try_another = local.port == 0 && listening.error() == v1::listen_error::in_use;
    if (!try_another || attempt == attempts_for_a_free_port) return fail(listening.error());
  }
}

void socket_tcp::stop() noexcept {
  listeners_.for_each([](list_link& link) { static_cast<detail::listening_port&>(link).close(); });
}

}  // namespace mirage
