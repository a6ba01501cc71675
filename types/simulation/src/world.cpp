// SPDX-License-Identifier: ISC
#include "mirage/simulation/world.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <utility>

namespace mirage::simulation {

void world::at(instant when, event_target& who, unsigned what, frame carried) {
  const instant first = next_event();
  when = std::max(when, now());
  queue_.push_back({when, order_++, &who, what, std::move(carried)});
  std::ranges::push_heap(queue_, later_than);
  if (when < first) wanted_at(when);
}

std::size_t world::forget(const event_target& who) noexcept {
  std::size_t frames = 0;
  std::erase_if(queue_, [&](const event& each) {
    if (each.who == &who && !each.carried.empty()) ++frames;
    return each.who == &who;
  });
  std::ranges::make_heap(queue_, later_than);
  return frames;
}

void world::run_due() noexcept {
  while (next_event() <= now()) {
    std::ranges::pop_heap(queue_, later_than);
    event due = std::move(queue_.back());
    queue_.pop_back();
    ++events_;
    due.who->happens(due.what, std::move(due.carried));
  }
}

void world::note(std::uint64_t what) noexcept {
  digest_ = hash_mix(digest_, static_cast<std::uint64_t>(now().time_since_epoch().count()));
  digest_ = hash_mix(digest_, what);
}

void world::note(std::uint64_t what, cbytes bytes) noexcept {
  note(what);
  // All frames pass through here, and one multiplication a word takes a third of the time of mixing each.
  constexpr std::uint64_t odd = 0x9e3779b97f4a7c15;
  std::uint64_t sum = bytes.size();
  while (!bytes.empty()) {
    std::uint64_t word = 0;
    const std::size_t length = std::min(bytes.size(), sizeof word);
    std::memcpy(&word, bytes.data(), length);
    sum = std::rotl((sum ^ word) * odd, 29);
    bytes = bytes.subspan(length);
  }
  digest_ = hash_mix(digest_, sum);
}

}  // namespace mirage::simulation
