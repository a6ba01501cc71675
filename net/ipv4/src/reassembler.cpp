// SPDX-License-Identifier: ISC
#include "mirage/ipv4/reassembler.hpp"

#include "mirage/core/os.hpp"
#include "mirage/ipv4/fragments.hpp"

namespace mirage {

ipv4_reassembler::ipv4_reassembler(const reassembly_options& options, ipv4_counters& counters,
                                   ipv4_undeliverable_reports& undeliverable)
    : reassembly_(options),
      counters_(counters),
      undeliverable_(undeliverable),
      timer_([](void* self) noexcept { static_cast<ipv4_reassembler*>(self)->expire(); }, this) {}

std::optional<reassembled> ipv4_reassembler::add(const examined_packet& fragment, cbytes packet) {
  const cbytes all = packet.first(fragment.fields.total_length);
  reassembled whole;
  const fragment_verdict verdict =
      reassembly_.add(fragment_place_of(fragment.fields, fragment.header), all.first(fragment.header),
                      all.subspan(fragment.header), os::now(), whole);
  timer_.set(reassembly_.next_timeout());
  counters_.reassembly_evicted += reassembly_.take_evicted();
  count_fragment(counters_, verdict);
  if (verdict != fragment_verdict::complete) return std::nullopt;
  return whole;
}

void ipv4_reassembler::expire() noexcept {
  while (const auto late = reassembly_.expire(os::now())) {
    ++counters_.reassembly_time;
    undeliverable_.reassembly_time(*late);
  }
  timer_.set(reassembly_.next_timeout());
}

}  // namespace mirage
