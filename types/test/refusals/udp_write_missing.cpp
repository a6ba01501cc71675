// SPDX-License-Identifier: ISC
// UDP: no `write`.
// error: 'mirage::datagrams' does not satisfy 'udp_write'
// error: 'u.write(to, size, std::move(f))' would be invalid: no member named 'write' in 'mirage::datagrams'
#include "mirage/v1.hpp"

namespace mirage {

struct datagrams {
  datagrams(datagrams&&) = delete;
  std::string_view name() const noexcept;
  template <class Handler>
  result<subscription, v1::listen_error> listen(const endpoint& local, Handler handler);
  result<void, v1::net_error> join(const ip_address& group, std::uint32_t interface);
  void leave(const ip_address& group, std::uint32_t interface);
};
static_assert(v1::udp<datagrams>);

}  // namespace mirage
