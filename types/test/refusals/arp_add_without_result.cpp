// SPDX-License-Identifier: ISC
// An ARP layer: `add` cannot say that it is full.
// error: 'mirage::neighbours' does not satisfy 'arp_addresses'
// error: type constraint 'std::same_as<void, _Bool>' was not satisfied
#include "mirage/v1.hpp"

namespace mirage {

struct neighbours {
  neighbours(neighbours&&) = delete;
  std::string_view name() const noexcept;
  template <v1::fill F>
  result<void, v1::net_error> write(ipv4_address to, const v1::transmit& how, F fill, buffer_list slices);
  task<result<mac_address, v1::arp_error>> query(ipv4_address who);
  void input(buffer&& packet);
  void add(ipv4_address ours);
  void remove(ipv4_address ours);
};
static_assert(v1::arp<neighbours>);

}  // namespace mirage
