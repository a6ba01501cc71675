// SPDX-License-Identifier: ISC
#include "terminal.hpp"

#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/xen/console_ring.hpp"
#include "mirage/xen/hypercall.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "xen_node.hpp"

namespace mirage::terminal {

namespace {

constexpr duration patience = 5s;

xen::prepared_ring ring_page() noexcept {
  return os::here != nullptr && xen_node::here().is_started ? xen_node::here().platform.console()
                                                            : xen::prepared_ring{};
}

xen::console_ring ring_in(const xen::prepared_ring& page) noexcept {
  return xen::console_ring(*static_cast<xen::console_interface*>(static_cast<void*>(page.memory)));
}

void write_to_log(std::string_view text) noexcept {
  constexpr std::uint16_t debug_port = 0xe9;
  for (const char character : text) machine::out8(debug_port, static_cast<std::uint8_t>(character));
}

// Lets dom0 run until the other end has taken something; gives up where it takes nothing.
auto patiently(const xen::console_ring& ring) noexcept {
  return [&ring](std::uint32_t before) {
    const instant end = os::platform::read_monotonic() + patience;
    while (ring.progress() == before) {
      if (os::platform::read_monotonic() > end) return false;
      xen::yield_processor();
    }
    return true;
  };
}

}  // namespace

void write(std::string_view text) noexcept {
  const xen::prepared_ring page = ring_page();
  if (page.memory == nullptr) return write_to_log(text);
  xen::console_ring ring = ring_in(page);
  ring.put_all(text, [&] { xen_node::here().platform.notify(page.port); }, patiently(ring));
}

void flush() noexcept {
  const xen::prepared_ring page = ring_page();
  if (page.memory == nullptr) return;
  const xen::console_ring ring = ring_in(page);
  ring.wait_until_shown(patiently(ring));
}

}  // namespace mirage::terminal
