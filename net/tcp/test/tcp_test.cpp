// SPDX-License-Identifier: ISC
// The shell, with the conformance suites of `v1::tcp` over IPv4 and IPv6.
#include "mirage/tcp.hpp"

#include "mirage/test/suites/listener_suite.hpp"
#include "mirage/test/suites/tcp_suite.hpp"
#include "two_machines.hpp"

namespace mirage {

static_assert(requires(tcp_flow flow) { flow.user_timeout(10s); });
static_assert(v1::tcp<tcp<memory::ip<ipv4_address>>>);
static_assert(v1::tcp<tcp<memory::ip<ipv4_address>, memory::ip<ipv6_address>>>);

namespace {

using over_v4 = test::two_machines<ipv4_address>;
using over_v6 = test::two_machines<ipv6_address>;

/// Where the wire has room for a few packets only.
struct over_short_queue : test::two_machines<ipv4_address> {
  over_short_queue() : two_machines({}, 1500, 4) {}
};

MIRAGE_CONFORMANCE(tcp_suite, v4, over_v4);
MIRAGE_CONFORMANCE(tcp_suite, v6, over_v6);
MIRAGE_CONFORMANCE(tcp_suite, short_queue, over_short_queue);
MIRAGE_CONFORMANCE(flow_suite, tcp_v4, test::tcp_flows<over_v4>);
MIRAGE_CONFORMANCE(flow_suite, tcp_v6, test::tcp_flows<over_v6>);
MIRAGE_CONFORMANCE(flow_suite, tcp_short_queue, test::tcp_flows<over_short_queue>);
MIRAGE_CONFORMANCE(listener_suite, tcp_v4, test::tcp_listeners<over_v4>);
MIRAGE_CONFORMANCE(listener_suite, tcp_v6, test::tcp_listeners<over_v6>);

}  // namespace
}  // namespace mirage
