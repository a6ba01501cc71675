// SPDX-License-Identifier: ISC
#include "mirage/sntp/client_core.hpp"

#include <algorithm>
#include <utility>

#include "mirage/core/hash.hpp"
#include "mirage/core/panic.hpp"

namespace mirage {

namespace {

constexpr duration least_interval = 15s;  // RFC 4330 §10
constexpr duration after_denials = 1h;    // when every server has sent us away
constexpr unsigned most_doublings = 9;
constexpr unsigned worst_stratum = 15;

}  // namespace

sntp_client_core::sntp_client_core(const sntp_options& options, std::size_t servers,
                                   std::uint64_t seed) noexcept
    : options_(options), servers_(servers), random_(seed) {
  require(servers > 0, "SNTP needs a server");
  options_.least_poll = std::max(options_.least_poll, least_interval);
  options_.greatest_poll = std::max(options_.greatest_poll, options_.least_poll);
  options_.first_retry = std::max<duration>(options_.first_retry, 1s);
  interval_ = options_.least_poll;
}

std::uint64_t sntp_client_core::random() noexcept { return random_ = hash_mix(random_, 0x736e'7470); }

void sntp_client_core::start(instant now) noexcept {
  if (deadline_ == never) deadline_ = now;
}

void sntp_client_core::stop() noexcept {
  deadline_ = never;
  cookie_ = {};
}

sntp_action sntp_client_core::poll(instant now) noexcept {
  if (changed_server_) {
    changed_server_ = false;
    return {.what = sntp_action::kind::next_server};
  }
  if (corrected_) {
    corrected_ = false;
    return {.what = sntp_action::kind::corrected};
  }
  if (now < deadline_) return {};
  if (!cookie_.is_unknown() && gives_up(now)) return poll(now);
  do cookie_.value = random();
  while (cookie_.is_unknown());
  asked_ = now;
  deadline_ = later(now, std::min(options_.first_retry * (1 << std::min(unanswered_, most_doublings)),
                                  options_.greatest_poll));
  return {.what = sntp_action::kind::ask, .cookie = cookie_};
}

// Counts a question without a use; whether another server is asked from now on.
bool sntp_client_core::gives_up(instant now) noexcept {
  cookie_ = {};
  if (++unanswered_ % options_.tries != 0 || servers_ == 1) return false;
  change_server(now);
  return true;
}

// What it has said of the clock is the best that is known until another one answers.
void sntp_client_core::change_server(instant when) noexcept {
  server_ = (server_ + 1) % servers_;
  samples_are_anothers_ = servers_ > 1;
  deadline_ = when;
  changed_server_ = servers_ > 1;
}

sntp_client_core::verdict sntp_client_core::input(cbytes bytes, instant now) noexcept {
  const auto answer = ntp_message::of(bytes);
  if (!answer || answer->version() < 1 || answer->version() > ntp_message::version_4)
    return verdict::malformed;
  if (answer->mode() != ntp_mode::server || cookie_.is_unknown() || answer->origin() != cookie_)
    return verdict::unexpected;
  cookie_ = {};  // an answer is taken once
  if (answer->stratum() == 0) {
    unanswered_ = 0;
    return take_kiss(answer->reference(), now);
  }
  if (answer->leap() == ntp_message::not_synchronised || answer->stratum() > worst_stratum ||
      answer->transmit().is_unknown() || answer->receive().is_unknown()) {
    unanswered_ = 0;
    schedule(now);
    ++ignorant_;
    // Another may know; but not one that has sent us away.
    if (denials_ == 0 && servers_ > 1) change_server(ignorant_ % servers_ == 0 ? deadline_ : now);
    return verdict::unsynchronised;
  }
  const wall_time received = answer->receive().time();
  const wall_time sent = answer->transmit().time();
  const duration round_trip = (now - asked_) - (sent - received);
  if (sent < received || !is_plausible(*answer, round_trip)) {
    // Asked again as if there had been no answer: the question may have waited for a neighbour's address.
    gives_up(now);
    return verdict::implausible;
  }
  unanswered_ = 0;
  schedule(now);
  // The offset of RFC 5905 §8, put as a time: that of T4, if both ways took as long.
  const duration way = std::max(round_trip, duration::zero()) / 2;
  denials_ = ignorant_ = 0;
  keep({.time = sent + way,
        .when = now,
        .round_trip = 2 * way,
        .error = answer->root_delay() / 2 + answer->root_dispersion(),
        .stratum = answer->stratum()});
  return verdict::taken;
}

bool sntp_client_core::is_plausible(const ntp_message& answer, duration round_trip) const noexcept {
  // Two clocks that tick apart may make a very short way a little negative.
  constexpr duration tolerance = 1ms;
  return round_trip >= -tolerance && round_trip <= options_.greatest_delay &&
         answer.root_delay() / 2 + answer.root_dispersion() < options_.greatest_distance;
}

// RFC 5905 §7.4: who is denied goes away for good, here: to the next server, and when all have said it, for
// an hour; who asks too often asks less often.
sntp_client_core::verdict sntp_client_core::take_kiss(std::uint32_t code, instant now) noexcept {
  if (code == kiss_code("RATE")) {
    interval_ = std::min(interval_ * 2, options_.greatest_poll);
    options_.least_poll = std::max(options_.least_poll, interval_);
    deadline_ = later(now, interval_);
    return verdict::rate_limited;
  }
  if (code == kiss_code("DENY") || code == kiss_code("RSTR")) {
    ++denials_;
    change_server(denials_ < servers_ ? now : later(now, after_denials));
    if (denials_ >= servers_) denials_ = 0;
    return verdict::denied;
  }
  schedule(now);
  return verdict::unsynchronised;
}

// Up to a sixteenth late, so that clients that were started together do not stay together.
void sntp_client_core::schedule(instant now) noexcept {
  const auto spread = static_cast<std::uint64_t>(interval_.count() / 16 + 1);
  deadline_ = later(now, interval_ + duration(static_cast<std::int64_t>(random() % spread)));
}

void sntp_client_core::keep(const sntp_measurement& measured) noexcept {
  // They say nothing of how good this server is.
  if (std::exchange(samples_are_anothers_, false)) samples_ = {};
  samples_[next_sample_] = {measured, true};
  next_sample_ = (next_sample_ + 1) % samples_.size();
  // A full set of good answers: less often will do.
  if (next_sample_ == 0) interval_ = std::min(interval_ * 2, options_.greatest_poll);
  corrected_ = true;
}

// A clock may be 15 millionths too fast or too slow (PHI of RFC 5905 §7.2), which is 2^-16.
std::optional<sntp_measurement> sntp_client_core::best() const noexcept {
  const sample* best = nullptr;
  const auto doubt = [](const sample& of) {
    return of.measured.round_trip / 2 - of.measured.when.time_since_epoch() / 65536;
  };
  for (const sample& each : samples_)
    if (each.there && (best == nullptr || doubt(each) <= doubt(*best))) best = &each;
  if (best == nullptr) return std::nullopt;
  return best->measured;
}

}  // namespace mirage
