// SPDX-License-Identifier: ISC
// An ARP layer: no `write`.
// error: 'mirage::neighbours' does not satisfy 'arp_write'
// error: 'a.write(to, how, std::move(f), std::move(slices))' would be invalid: no member named 'write' in
#include "mirage/v1.hpp"

namespace mirage {

struct neighbours {
  neighbours(neighbours&&) = delete;
  std::string_view name() const noexcept;
  task<result<mac_address, v1::arp_error>> query(ipv4_address who);
  void input(buffer&& packet);
  bool add(ipv4_address ours);
  void remove(ipv4_address ours);
};
static_assert(v1::arp<neighbours>);

}  // namespace mirage
