// SPDX-License-Identifier: ISC
// UDP sockets of the kernel, and the memory in which one batch of datagrams comes in.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <new>
#include <type_traits>
#include <utility>

#include "mirage/core/list.hpp"
#include "mirage/core/machine.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/v1.hpp"

namespace mirage {

class socket_udp;

namespace detail {

/// A listener's callable, in place.
class datagram_handler {
 public:
  static constexpr std::size_t greatest = 64;

  template <class Handler>
  explicit datagram_handler(Handler handler) noexcept
      : call_([](void* self, v1::datagram&& given) { (*static_cast<Handler*>(self))(std::move(given)); }),
        move_([](void* from, void* to) {
          auto& old = *static_cast<Handler*>(from);
          if (to != nullptr) new (to) Handler(std::move(old));
          std::destroy_at(&old);
        }) {
    static_assert(sizeof(Handler) <= greatest && alignof(Handler) <= alignof(std::max_align_t),
                  "a handler of datagrams must fit in 64 bytes: let it capture a pointer");
    static_assert(std::is_nothrow_move_constructible_v<Handler>);
    new (memory_) Handler(std::move(handler));
  }
  datagram_handler(datagram_handler&& other) noexcept
      : call_(other.call_), move_(std::exchange(other.move_, nullptr)) {
    move_(other.memory_, memory_);
  }
  datagram_handler& operator=(datagram_handler&&) = delete;
  ~datagram_handler() {
    if (move_ != nullptr) move_(memory_, nullptr);
  }
  void operator()(v1::datagram&& given) { call_(memory_, std::move(given)); }

 private:
  void (*call_)(void*, v1::datagram&&);
  void (*move_)(void* from, void* to);  // without `to` it only destroys
  alignas(std::max_align_t) std::byte memory_[greatest];
};

struct datagram_port;

class datagram_socket final : public machine::descriptor_source {
 public:
  datagram_socket() noexcept = default;
  datagram_socket(const datagram_socket&) = delete;
  datagram_socket& operator=(const datagram_socket&) = delete;
  ~datagram_socket() { close(); }

  /// `port` is null for a socket that only sends.
  [[nodiscard]] result<void, v1::listen_error> open(socket_udp& owner, datagram_port* port,
                                                    const endpoint& local, bool reuse_port) noexcept;
  void close() noexcept;

  [[nodiscard]] explicit operator bool() const noexcept { return static_cast<bool>(socket_); }
  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }
  [[nodiscard]] endpoint local() const noexcept { return local_; }
  [[nodiscard]] bool has_room() const noexcept { return (ready & writable) != 0; }
  void no_room() noexcept { ready &= static_cast<std::uint8_t>(~writable); }
  void no_input() noexcept { ready &= static_cast<std::uint8_t>(~readable); }
  [[nodiscard]] datagram_port* port() const noexcept { return port_; }

  bool poll() noexcept override;

  /// How many more datagrams the kernel has dropped since it was asked before, which is done once a
  /// millisecond at most. 0 where the kernel does not say it.
  [[nodiscard]] std::uint32_t newly_lost() noexcept;

 private:
  socket_udp* owner_ = nullptr;
  datagram_port* port_ = nullptr;
  file_descriptor socket_;
  endpoint local_;
  std::uint32_t lost_ = 0;  // as the kernel last said
  instant ask_again_{};
};

/// A listener: what a subscription keeps alive.
struct datagram_port : list_link {
  explicit datagram_port(datagram_handler moved) noexcept : handler(std::move(moved)) {}
  datagram_handler handler;
  std::array<datagram_socket, 2> sockets;
  bool ended = false;
};

/// Room for one recvmmsg, filled by `receive` and read by `take`.
class datagram_inbox {
 public:
  static constexpr unsigned batch = 256;

  datagram_inbox();
  datagram_inbox(const datagram_inbox&) = delete;
  datagram_inbox& operator=(const datagram_inbox&) = delete;
  ~datagram_inbox();

  /// How many came; 0: none is there.
  [[nodiscard]] unsigned receive(const datagram_socket& from) noexcept;
  /// The datagram of that index, which came to a socket with that end here; without a payload when there was
  /// no memory for it.
  [[nodiscard]] v1::datagram take(unsigned index, const endpoint& local) noexcept;
  /// What the handler did not keep serves again.
  void give_back(unsigned index, buffer payload) noexcept;

 private:
  void prepare(unsigned index) noexcept;
  struct state;
  std::unique_ptr<state> state_;
};

}  // namespace detail
}  // namespace mirage
