// SPDX-License-Identifier: ISC
// An ARP layer: no `input`.
// error: 'mirage::neighbours' does not satisfy 'arp_input'
// error: 'a.input(std::move(packet))' would be invalid: no member named 'input' in 'mirage::neighbours'
#include "mirage/v1.hpp"

namespace mirage {

struct neighbours {
  neighbours(neighbours&&) = delete;
  std::string_view name() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(ipv4_address to, const v1::transmit& how, F fill, buffer_list slices);
  task<result<mac_address, v1::arp_error>> query(ipv4_address who);
  bool add(ipv4_address ours);
  void remove(ipv4_address ours);
};
static_assert(v1::arp<neighbours>);

}  // namespace mirage
