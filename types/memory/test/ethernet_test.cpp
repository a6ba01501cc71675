// SPDX-License-Identifier: ISC
#include "mirage/memory/ethernet.hpp"

#include "mirage/test/suites/ethernet_suite.hpp"
#include "wired_subject.hpp"

namespace mirage {
namespace {

struct ethernets : test::wired_subject {
  using ethernet = memory::ethernet<memory::network>;
  ethernet& device() { return ethernet_; }

 private:
  ethernet ethernet_{near};
};
static_assert(v1::ethernet<ethernets::ethernet>);
MIRAGE_CONFORMANCE(ethernet_suite, memory, ethernets);

}  // namespace
}  // namespace mirage
