// SPDX-License-Identifier: ISC
// UDP: `listen` wants a handler that can be copied.
// error: 'mirage::datagrams' does not satisfy 'udp_listen'
// error: 'u.listen(local, std::move(handler))' would be invalid: no matching member function for call to
#include "mirage/v1.hpp"

namespace mirage {

struct datagrams {
  datagrams(datagrams&&) = delete;
  std::string_view name() const noexcept;
  template <std::copy_constructible Handler>
  result<subscription, v1::listen_error> listen(const endpoint& local, Handler handler);
  template <v1::fill F>
  result<void, v1::net_error> write(const v1::datagram_route& to, std::size_t size, F fill);
  result<void, v1::net_error> join(const ip_address& group, std::uint32_t interface);
  void leave(const ip_address& group, std::uint32_t interface);
};
static_assert(v1::udp<datagrams>);

}  // namespace mirage
