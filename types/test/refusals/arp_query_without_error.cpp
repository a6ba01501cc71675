// SPDX-License-Identifier: ISC
// An ARP layer: `query` cannot say that nobody answered.
// error: 'mirage::neighbours' does not satisfy 'arp_query'
// error: type constraint 'awaits<mirage::task<mirage::mac_address>, result<mac_address, arp_error> >' was
#include "mirage/v1.hpp"

namespace mirage {

struct neighbours {
  neighbours(neighbours&&) = delete;
  std::string_view name() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(ipv4_address to, const v1::transmit& how, F fill, buffer_list slices);
  task<mac_address> query(ipv4_address who);
  void input(buffer&& packet);
  bool add(ipv4_address ours);
  void remove(ipv4_address ours);
};
static_assert(v1::arp<neighbours>);

}  // namespace mirage
