// SPDX-License-Identifier: ISC
#include "mirage/simulation/scheduler.hpp"

#include <algorithm>

namespace mirage::simulation {

bool scheduler::step(instant end) noexcept {
  instant next = next_event();
  for (member* const each : members_) next = std::min(next, each->due());
  if (next > now_) {
    passes_ = 0;
  } else {
    next = ++passes_ > free_passes ? now_ + 1us : now_;
  }
  if (next > end || next == never) {
    if (end != never) now_ = std::max(now_, end);
    return false;
  }
  now_ = next;
  run_due();
  for (std::size_t i = 0; i < members_.size(); ++i) {
    if (members_[i]->due() <= now_) members_[i]->run_round(now_);
  }
  return true;
}

}  // namespace mirage::simulation
