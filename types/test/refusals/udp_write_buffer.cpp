// SPDX-License-Identifier: ISC
// UDP: `write` takes a finished datagram.
// error: 'mirage::datagrams' does not satisfy 'udp_write'
// error: 'u.write(to, size, std::move(f))' would be invalid: too many arguments to function call, expected
#include "mirage/v1.hpp"

namespace mirage {

struct datagrams {
  datagrams(datagrams&&) = delete;
  std::string_view name() const noexcept;
  template <class Handler>
  result<subscription, v1::listen_error> listen(const endpoint& local, Handler handler);
  result<void, v1::net_error> write(const v1::datagram_route& to, buffer payload);
  result<void, v1::net_error> join(const ip_address& group, std::uint32_t interface);
  void leave(const ip_address& group, std::uint32_t interface);
};
static_assert(v1::udp<datagrams>);

}  // namespace mirage
