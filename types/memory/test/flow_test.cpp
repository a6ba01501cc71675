// SPDX-License-Identifier: ISC
#include "mirage/memory/flow.hpp"

#include "mirage/test/suites/flow_suite.hpp"
#include "virtual_subject.hpp"

namespace mirage {
namespace {

struct flows : test::virtual_subject {
  using flow = memory::flow;
  task<std::pair<flow, flow>> connect() { co_return memory::make_flows(); }
};
MIRAGE_CONFORMANCE(flow_suite, memory, flows);

struct narrow_flows : test::virtual_subject {
  using flow = memory::flow;
  task<std::pair<flow, flow>> connect() { co_return memory::make_flows(4096); }
};
MIRAGE_CONFORMANCE(flow_suite, memory_of_a_page, narrow_flows);

}  // namespace
}  // namespace mirage
