// SPDX-License-Identifier: ISC
#include "mirage/xen/event_channels.hpp"

#include <atomic>
#include <bit>

#include "mirage/core/panic.hpp"

namespace mirage::xen {

namespace {

constexpr std::uint64_t bit_of(event_port port) noexcept { return std::uint64_t{1} << port % 64; }

template <class Word>
std::atomic_ref<Word> atomic(Word& word) noexcept {
  return std::atomic_ref<Word>(word);
}

}  // namespace

event_channels::event_channels(shared_info& page) noexcept : page_(page) {
  for (std::uint64_t& word : page_.evtchn_mask) atomic(word).store(~std::uint64_t{0});
}

void event_channels::open(event_port port) noexcept {
  require(port < most_ports, "there are more event channels than this unikernel listens to");
  atomic(page_.evtchn_mask[port / 64]).fetch_and(~bit_of(port));
  // A bit that was set while the port was closed raised nothing, and would not be raised again.
  atomic(page_.evtchn_pending[port / 64]).fetch_and(~bit_of(port));
}

void event_channels::watch(loop& tasks, event_source& source, event_port port) noexcept {
  open(port);
  sources_[port] = &source;
  tasks.mark(source);
}

void event_channels::unwatch(event_port port) noexcept {
  if (port >= most_ports) return;
  atomic(page_.evtchn_mask[port / 64]).fetch_or(bit_of(port));
  sources_[port] = nullptr;
}

bool event_channels::has_arrived() const noexcept {
  return atomic(page_.vcpus[0].evtchn_pending_sel).load() != 0;
}

// Xen sets the bits from below to above, so they are cleared from above to below. The uppermost only asks for
// an interrupt, whose handler may have cleared it.
void event_channels::collect(loop& tasks) noexcept {
  vcpu_info& ours = page_.vcpus[0];
  atomic(ours.evtchn_upcall_pending).store(0);
  std::uint64_t chosen = atomic(ours.evtchn_pending_sel).exchange(0);
  for (; chosen != 0; chosen &= chosen - 1) {
    const auto word = static_cast<event_port>(std::countr_zero(chosen));
    const std::uint64_t open = ~atomic(page_.evtchn_mask[word]).load();
    std::uint64_t arrived = atomic(page_.evtchn_pending[word]).fetch_and(~open) & open;
    for (; arrived != 0; arrived &= arrived - 1) {
      const event_port port = word * 64 + static_cast<event_port>(std::countr_zero(arrived));
      if (port < most_ports && sources_[port] != nullptr) tasks.mark(*sources_[port]);
    }
  }
}

}  // namespace mirage::xen
