// SPDX-License-Identifier: ISC
#include "mirage/tcp/path_search.hpp"

#include <algorithm>

namespace mirage::tcp_protocol {

namespace {
constexpr std::uint8_t convinced = 3;
// RFC 8899 §5.1.2 MAX_PROBES, and the timer of §5.1.1 after which a longer path is looked for again.
constexpr std::uint8_t most_losses = 3;
constexpr duration raise_again = 600s;
// What is nearer is not worth a probe.
constexpr std::uint32_t near = 16;
}  // namespace

bool path_search::only_small_arrived() noexcept {
  if (++suspicion_ < convinced) return false;
  suspicion_ = 0;
  return true;
}

void path_search::begin(std::uint32_t passes, std::uint32_t wanted, instant when) noexcept {
  passes_ = passes;
  wanted_ = std::max(wanted_, wanted);
  fails_ = wanted_ + 1;
  // First what was in use: it may have been chance.
  trying_ = wanted_;
  losses_ = 0;
  next_at_ = wanted_ > passes_ ? when : never;
}

void path_search::narrow(instant now) noexcept {
  losses_ = 0;
  if (passes_ >= wanted_) {
    next_at_ = never;
  } else if (fails_ - passes_ <= near) {
    begin(passes_, wanted_, now + raise_again);
  } else {
    trying_ = passes_ + (fails_ - passes_) / 2;
  }
}

std::uint32_t path_search::arrived(instant now) noexcept {
  passes_ = trying_;
  narrow(now);
  return passes_;
}

void path_search::lost(instant now) noexcept {
  if (++losses_ < most_losses) return;
  fails_ = trying_;
  narrow(now);
}

void path_search::told(std::uint32_t most, instant now) noexcept {
  if (trying_ <= most || next_at_ > now) return;
  fails_ = std::max(most, passes_) + 1;
  narrow(now);
  if (next_at_ <= now) trying_ = most;
}

}  // namespace mirage::tcp_protocol
