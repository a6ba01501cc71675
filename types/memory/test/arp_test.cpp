// SPDX-License-Identifier: ISC
#include "mirage/memory/arp.hpp"

#include "mirage/memory/ethernet.hpp"
#include "mirage/test/suites/arp_suite.hpp"
#include "wired_subject.hpp"

namespace mirage {
namespace {

struct arps : test::wired_subject {
  using ethernet = memory::ethernet<memory::network>;
  using arp = memory::arp<ethernet>;
  arp& device() { return arp_; }
  mac_address mac() { return near.mac(); }

 private:
  ethernet ethernet_{near};
  arp arp_{ethernet_};
};
static_assert(v1::arp<arps::arp>);
MIRAGE_CONFORMANCE(arp_suite, memory, arps);

}  // namespace
}  // namespace mirage
