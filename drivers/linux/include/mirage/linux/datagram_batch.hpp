// SPDX-License-Identifier: ISC
// Datagrams on their way out: gathered during a round of the loop, sent by one sendmmsg a socket. Those of
// one length to one peer become one message that the kernel, or the card, cuts into datagrams (UDP_SEGMENT),
// which is what makes a busy server cheap.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

#include "mirage/core/bytes.hpp"
#include "mirage/v1.hpp"

struct iovec;

namespace mirage {
struct waiting_datagram;
}

namespace mirage::detail {

class datagram_socket;

class datagram_batch {
 public:
  /// What became of a batch.
  struct outcome {
    std::uint64_t sent = 0;       // datagrams
    std::uint64_t calls = 0;      // system calls
    std::uint64_t segmented = 0;  // messages that were cut by the kernel
    std::uint64_t no_room = 0;    // datagrams dropped: the socket is full
    std::uint64_t refused = 0;    // datagrams dropped: the kernel said no
  };

  datagram_batch();
  datagram_batch(const datagram_batch&) = delete;
  datagram_batch& operator=(const datagram_batch&) = delete;
  ~datagram_batch();

  static constexpr std::size_t greatest_datagram = 65527;

  /// Whether one more of `size` bytes fits; if not, flush first.
  [[nodiscard]] bool has_room(std::size_t size) const noexcept;
  /// Memory for the next datagram, for `commit`.
  [[nodiscard]] bytes room(std::size_t size) noexcept;
  void commit(datagram_socket& from, const v1::datagram_route& to, std::size_t length) noexcept;

  [[nodiscard]] bool empty() const noexcept;
  /// Sends everything. `segment`: whether datagrams may be put together; becomes false when the kernel
  /// cannot.
  outcome flush(bool& segment) noexcept;

 private:
  struct way;
  struct state;
  [[nodiscard]] std::size_t gather(std::span<const waiting_datagram> group, iovec* parts) noexcept;
  void send_from(datagram_socket& socket, bool& segment, outcome& total) noexcept;
  void send_one_by_one(std::span<const waiting_datagram> group, outcome& total) noexcept;
  std::unique_ptr<state> state_;
};

}  // namespace mirage::detail
