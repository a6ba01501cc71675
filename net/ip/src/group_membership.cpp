// SPDX-License-Identifier: ISC
#include "mirage/ip/group_membership.hpp"

#include <algorithm>

#include "mirage/core/hash.hpp"

namespace mirage {

namespace {
constexpr duration unsolicited_interval = 1s;  // RFC 3376 §8.11, RFC 3810 §9.11
}  // namespace

bool group_membership::join(const ip_address& group, bool told, instant when) noexcept {
  membership* known = find(group);
  if (known == nullptr) {
    if (groups_.full()) forget_left();
    if (groups_.full()) return false;
    known = &groups_.emplace_back(membership{.group = group, .told = told});
  }
  if (++known->joins == 1) tell_change(*known, when);
  return true;
}

void group_membership::leave(const ip_address& group, instant now) noexcept {
  membership* known = find(group);
  if (known == nullptr || known->joins == 0 || --known->joins != 0) return;
  known->answer_due = never;
  tell_change(*known, now);
  if (!known->told) forget_left();
}

bool group_membership::contains(const ip_address& group) const noexcept {
  return std::ranges::any_of(groups_,
                             [&](const membership& each) { return each.group == group && each.joins != 0; });
}

void group_membership::queried(const ip_address& group, duration limit, instant now) noexcept {
  const instant due = later(now, random_up_to(limit));
  if (group.is_unspecified()) {
    all_due_ = std::min(all_due_, due);
    return;
  }
  membership* known = find(group);
  if (known == nullptr || known->joins == 0 || !known->told) return;
  // A pending answer that tells of all groups tells of this one, too (RFC 3810 §6.2).
  if (all_due_ <= due) return;
  known->answer_due = std::min(known->answer_due, due);
}

void group_membership::told_by_another(const ip_address& group) noexcept {
  if (membership* known = find(group)) known->answer_due = never;
}

void group_membership::cancel() noexcept {
  all_due_ = never;
  for (membership& each : groups_) {
    each.changes = 0;
    each.change_due = each.answer_due = never;
  }
  forget_left();
}

std::optional<group_report> group_membership::poll(instant now) noexcept {
  group_report report;
  const bool all = all_due_ <= now;
  for (membership& each : groups_) {
    if (!each.told || report.full()) continue;
    if (each.changes != 0 && each.change_due <= now) {
      report.push_back(
          {each.joins != 0 ? group_record_type::to_exclude : group_record_type::to_include, each.group});
      each.change_due = --each.changes == 0 ? never : later(now, random_up_to(unsolicited_interval));
      if (all || each.answer_due <= now) each.answer_due = never;
    } else if (each.joins != 0 && (all || each.answer_due <= now)) {
      report.push_back({group_record_type::is_exclude, each.group});
      each.answer_due = never;
    }
  }
  if (all) {
    // Those that did not fit into this message follow in the next one.
    if (report.full())
      for (membership& each : groups_) {
        const bool included = std::ranges::find(report, each.group, &group_record::group) != report.end();
        if (each.joins != 0 && each.told && !included) each.answer_due = now;
      }
    all_due_ = never;
  }
  forget_left();
  if (report.empty()) return std::nullopt;
  return report;
}

instant group_membership::next_timeout() const noexcept {
  instant next = all_due_;
  for (const membership& each : groups_) next = std::min({next, each.change_due, each.answer_due});
  return next;
}

group_membership::membership* group_membership::find(const ip_address& group) noexcept {
  const auto found = std::ranges::find(groups_, group, &membership::group);
  return found == groups_.end() ? nullptr : found;
}

void group_membership::tell_change(membership& of, instant when) noexcept {
  if (!of.told) return;
  of.changes = robustness;
  of.change_due = when;
}

void group_membership::forget_left() noexcept {
  inline_vector<membership, most_groups> kept;
  for (const membership& each : groups_)
    if (each.joins != 0 || each.changes != 0) kept.push_back(each);
  if (kept.size() != groups_.size()) groups_ = kept;
}

duration group_membership::random_up_to(duration most) noexcept {
  random_ = hash_mix(random_, 1);
  const auto range = static_cast<std::uint64_t>(std::max(most, duration{}).count()) + 1;
  return duration{static_cast<std::int64_t>(random_ % range)};
}

}  // namespace mirage
