// SPDX-License-Identifier: ISC
#include "mirage/xen_dom0/dom0.hpp"

namespace mirage::xen {

task<result<void, dom0_error>> dom0::start() {
  if (const auto started = hypervisor_.start(); !started) {
    co_return fail(started.error() == hypervisor_error::refused ? dom0_error::not_permitted
                                                                : dom0_error::no_xen);
  }
  if (!socket_.connect(path_)) {
    hypervisor_.stop();
    co_return fail(dom0_error::no_xenstored);
  }
  const auto number = co_await store_.read_number("domid");
  if (!number) {
    co_await stop();
    co_return fail(dom0_error::no_xenstored);
  }
  hypervisor_.set_own_domain(static_cast<domain_id>(*number));
  co_return {};
}

task<> dom0::stop() {
  socket_.disconnect();
  hypervisor_.stop();
  co_return;
}

}  // namespace mirage::xen
