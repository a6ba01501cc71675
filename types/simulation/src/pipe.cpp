// SPDX-License-Identifier: ISC
#include "mirage/simulation/pipe.hpp"

#include <algorithm>
#include <utility>

namespace mirage::simulation {

namespace {

constexpr std::size_t ethernet_header = 14;
constexpr std::uint64_t bits_a_byte = 8;

std::uint64_t identity_of(std::string_view link, std::string_view direction) noexcept {
  random_source name(0, link);
  return hash_mix(name.next(), random_source(1, direction).next());
}

}  // namespace

pipe::pipe(world& in, std::string_view link, std::string_view direction, const pipe_options& options) noexcept
    : world_(in),
      random_(hash_mix(in.seed(), identity_of(link, direction))),
      identity_(identity_of(link, direction)),
      options_(options) {}

// ---- Sending ----

port_state pipe::state() noexcept {
  if (!up_) {
    refused_ = true;
    return port_state::down;
  }
  forget_departed();
  if (options_.ring == 0 || waiting_.size() + held_frames_.size() < options_.ring) return port_state::ready;
  if (!refused_ && !waiting_.empty()) world_.at(waiting_.front().when, *this, room);
  refused_ = true;
  return port_state::full;
}

void pipe::send(cbytes carried) noexcept {
  ++totals_.sent;
  if (capture_ != nullptr) capture_->record(world_.wall(), carried);
  world_.note(identity_, carried);
  if (!up_) {
    ++totals_.down;
  } else if (carried.size() > ethernet_header + options_.mtu) {
    ++totals_.too_long;
  } else if (held_) {
    held_frames_.emplace_back(carried.begin(), carried.end());
  } else {
    transmit(frame(carried.begin(), carried.end()));
  }
}

void pipe::transmit(frame carried) {
  forget_departed();
  if (options_.queue != 0 && waiting_bytes_ + carried.size() > options_.queue) {
    ++totals_.queue_full;
    return;
  }
  free_ = std::max(free_, world_.now()) + time_for(carried.size());
  if (free_ > world_.now()) {
    waiting_.push_back({free_, carried.size()});
    waiting_bytes_ += carried.size();
  }
  if (is_lost()) {
    ++totals_.lost;
    return;
  }
  if (random_.chance(options_.corrupt) && !carried.empty()) {
    ++totals_.corrupted;
    carried[static_cast<std::size_t>(random_.below(carried.size()))] ^= std::byte{1} << random_.below(8);
  }
  if (random_.chance(options_.duplicate)) {
    ++totals_.duplicated;
    deliver(carried, free_);
  }
  deliver(std::move(carried), free_);
}

duration pipe::time_for(std::size_t size) const noexcept {
  if (options_.bandwidth == 0) return {};
  const std::uint64_t bits = size * bits_a_byte;
  return duration{static_cast<std::int64_t>(bits * 1'000'000'000 / options_.bandwidth)};
}

void pipe::forget_departed() noexcept {
  while (!waiting_.empty() && waiting_.front().when <= world_.now()) {
    waiting_bytes_ -= waiting_.front().size;
    waiting_.pop_front();
  }
}

// ---- On the way ----

bool pipe::is_lost() noexcept {
  const burst_loss& bursts = options_.bursts;
  if (world_.now() - std::exchange(last_frame_, world_.now()) > bursts.silence) in_burst_ = false;
  if (!in_burst_) in_burst_ = random_.chance(bursts.begin);
  const bool lost = in_burst_ && random_.chance(bursts.loss);
  if (in_burst_) in_burst_ = !random_.chance(bursts.end);
  return lost || random_.chance(options_.loss);
}

void pipe::deliver(frame carried, instant when) {
  when += options_.delay;
  if (options_.jitter > duration::zero())
    when += duration{
        static_cast<std::int64_t>(random_.below(static_cast<std::uint64_t>(options_.jitter.count()) + 1))};
  if (random_.chance(options_.reorder)) {
    ++totals_.reordered;
    const duration late = std::max<duration>(options_.delay / 2, 1ms);
    when += options_.reorder_by > duration::zero() ? options_.reorder_by : late;
  } else {
    when = last_arrival_ = std::max(when, last_arrival_);
  }
  world_.at(when, *this, arrival, std::move(carried));
}

void pipe::happens(unsigned what, frame&& carried) noexcept {
  if (what == arrival) return arrive(std::move(carried));
  tell_ready();
}

void pipe::arrive(frame&& carried) noexcept {
  world_.note(identity_ + 1, carried);
  if (receiver_ == nullptr) {
    ++totals_.nobody;
    return;
  }
  ++totals_.delivered;
  receiver_->arrived(std::move(carried));
}

void pipe::tell_ready() noexcept {
  if (!std::exchange(refused_, false)) return;
  if (state() == port_state::ready && sender_ != nullptr) sender_->ready();
}

// ---- What a scenario does ----

void pipe::set_up(bool up) noexcept {
  if (up == up_) return;
  world_.note(identity_ + (up ? 2 : 3));
  up_ = up;
  if (up) return tell_ready();
  totals_.down += world_.forget(*this) + held_frames_.size();
  held_frames_.clear();
  waiting_.clear();
  waiting_bytes_ = 0;
  free_ = last_arrival_ = world_.now();
}

void pipe::hold(bool held) noexcept {
  held_ = held;
  if (held) return;
  for (frame& each : std::exchange(held_frames_, {})) transmit(std::move(each));
  tell_ready();
}

}  // namespace mirage::simulation
