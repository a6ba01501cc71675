// SPDX-License-Identifier: ISC
#include "mirage/memory/ip.hpp"

#include "ip_subject.hpp"
#include "mirage/test/suites/ip_suite.hpp"

namespace mirage {
namespace {

template <class Address>
struct ips : test::ip_subject<Address> {
  using ip = memory::ip<Address>;
  ip& near() { return this->near_ip; }
  ip& far() { return this->far_ip; }
  auto& at_far() { return this->far_protocols; }
  static Address nowhere() {
    if constexpr (Address::size == 4)
      return "192.0.2.1";
    else
      return "2001:db8:ffff::1";
  }
  static std::uint32_t path_mtu() { return 1500; }
};
MIRAGE_CONFORMANCE(ip_suite, memory_v4, ips<ipv4_address>);
MIRAGE_CONFORMANCE(ip_suite, memory_v6, ips<ipv6_address>);

}  // namespace
}  // namespace mirage
