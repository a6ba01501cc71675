// SPDX-License-Identifier: ISC
// UDP on kernel sockets, RFC 768: recvmmsg in, sendmmsg and UDP_SEGMENT out.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/os.hpp"
#include "mirage/linux/datagram_batch.hpp"
#include "mirage/linux/datagram_socket.hpp"
#include "mirage/linux/socket_options.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::udp`. `options` and `name` must outlive it, and it the subscriptions. A datagram longer than 2 KiB is
/// copied once more than a shorter one.
///
/// A datagram with a source port that nobody listens on here leaves from a socket made for it, which is slow.
///
/// Of a datagram that was sent to an address to which the socket is bound (of a listener, or of the options),
/// unless that is link-local, the TTL is not known, nor the interface if the sender's address is not
/// link-local either: asking the kernel for them costs a busy server 3 %.
class socket_udp final : doorbell {
 public:
  socket_udp(std::string_view name, const socket_options& options) noexcept;
  socket_udp(const socket_udp&) = delete;
  socket_udp& operator=(const socket_udp&) = delete;
  ~socket_udp();

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  template <class Handler>
    requires std::is_invocable_v<Handler&, v1::datagram&&>
  result<subscription, v1::listen_error> listen(const endpoint& local, Handler handler) {
    return listen_erased(local, detail::datagram_handler(std::move(handler)));
  }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::datagram_route& to, std::size_t size, Fill fill) {
    MIRAGE_TRY(detail::datagram_socket * from, prepare(to, size));
    const std::size_t length = fill(batch_->room(size));
    batch_->commit(*from, to, length);
    os::here->tasks.ring_later(*this);
    return {};
  }

  /// The kernel lets one process join 20 groups of IPv4 (net.ipv4.igmp_max_memberships).
  result<void, v1::net_error> join(const ip_address& group, std::uint32_t interface);
  void leave(const ip_address& group, std::uint32_t interface) noexcept;

  /// Sends what is still here.
  void flush() noexcept;

 private:
  friend class detail::datagram_socket;
  struct membership {
    ip_address group;
    std::uint32_t interface;
    std::uint32_t count;
  };

  void ring() noexcept override;
  result<subscription, v1::listen_error> listen_erased(const endpoint& local,
                                                       detail::datagram_handler handler);
  result<void, v1::listen_error> open_both(detail::datagram_port& port, std::uint16_t number) noexcept;
  [[nodiscard]] endpoint all_addresses(bool v4, std::uint16_t port) const noexcept;
  [[nodiscard]] bool has_family(bool v4) const noexcept {
    return v4 ? !options_.ipv6_only : !options_.ipv4_only;
  }
  static void cancel(void* self, std::uintptr_t id) noexcept;
  void end(detail::datagram_port& port) noexcept;
  void sweep() noexcept;

  /// A batch from that socket to its listener. True when more is waiting.
  bool receive(detail::datagram_socket& from) noexcept;

  result<detail::datagram_socket*, v1::net_error> prepare(const v1::datagram_route& to, std::size_t size);
  [[nodiscard]] detail::datagram_socket* socket_for(const v1::datagram_route& to);
  [[nodiscard]] detail::datagram_socket* listening_from(const endpoint& source, bool v4) noexcept;
  result<void, v1::net_error> change_membership(const ip_address& group, std::uint32_t interface,
                                                bool add) noexcept;

  std::string_view name_;
  const socket_options& options_;
  bool segment_;
  list ports_;
  list ended_ports_;  // to be freed when no handler can be running
  std::array<detail::datagram_socket, 2> ephemeral_;
  std::vector<std::unique_ptr<detail::datagram_socket>> borrowed_;  // until the next flush
  std::unique_ptr<detail::datagram_batch> batch_;
  std::unique_ptr<detail::datagram_inbox> inbox_;
  std::array<file_descriptor, 2> membership_sockets_;
  std::vector<membership> memberships_;

  metric_label label_{"device", name_};
  counter received_{label_, "udp_received_datagrams_total", "Datagrams given to a handler"};
  counter receive_calls_{label_, "udp_receive_calls_total", "System calls for them"};
  counter sent_{label_, "udp_sent_datagrams_total", "Datagrams taken by the kernel"};
  counter send_calls_{label_, "udp_send_calls_total", "System calls for them"};
  counter segmented_{label_, "udp_segmented_sends_total", "Messages that the kernel cut into datagrams"};
  counter kernel_dropped_{label_, "udp_dropped_total", {"reason", "receive_queue"}, "Datagrams lost here"};
  counter no_memory_{label_, "udp_dropped_total", {"reason", "memory"}};
  counter no_room_{label_, "udp_dropped_total", {"reason", "send_queue"}};
  counter refused_{label_, "udp_dropped_total", {"reason", "refused"}};
};

static_assert(v1::udp<socket_udp>);

}  // namespace mirage
