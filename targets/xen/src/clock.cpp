// SPDX-License-Identifier: ISC
#include "clock.hpp"

#include <algorithm>
#include <atomic>
#include <bit>

#include "mirage/freestanding/x86_64/cpu.hpp"
#include "mirage/freestanding/x86_64/paravirtual_time.hpp"

namespace mirage {

namespace {

// What `read` makes of a record whose version is odd, and changes, while Xen writes.
template <class Read>
std::uint64_t read_whole(const std::uint32_t& version, Read read) noexcept {
  const volatile std::uint32_t& current = version;
  for (;;) {
    const std::uint32_t before = current;
    std::atomic_signal_fence(std::memory_order_seq_cst);
    const std::uint64_t found = read();
    std::atomic_signal_fence(std::memory_order_seq_cst);
    if ((before & 1) == 0 && current == before) return found;
  }
}

}  // namespace

std::uint64_t xen_clock::system_time() const noexcept {
  const xen::vcpu_time_info& told = page_.vcpus[0].time;
  return read_whole(told.version, [&told] {
    const auto time = std::bit_cast<freestanding::paravirtual_time>(told);
    return freestanding::nanoseconds_at(time, freestanding::cpu::time_stamp());
  });
}

instant xen_clock::monotonic() noexcept {
  const instant now{duration{static_cast<std::int64_t>(system_time() - origin_)}};
  return latest_ = std::max(latest_, now);
}

void xen_clock::go_on_from(instant now) noexcept {
  origin_ = system_time() - static_cast<std::uint64_t>((now - instant{}).count());
  latest_ = now;
}

wall_time xen_clock::wall() const noexcept {
  constexpr std::uint64_t second = 1'000'000'000;
  const std::uint64_t at_zero = read_whole(page_.wc_version, [this] {
    return (std::uint64_t{page_.wc_sec_hi} << 32U | page_.wc_sec) * second + page_.wc_nsec;
  });
  return wall_time{duration{static_cast<std::int64_t>(at_zero + system_time())}};
}

}  // namespace mirage
