// SPDX-License-Identifier: ISC
#include "mirage/mdns/responder_core.hpp"

#include <algorithm>

#include "mirage/core/hash.hpp"
#include "mirage/dns/multicast.hpp"

namespace mirage::mdns {

namespace {

// RFC 6762 §8.1, §8.2, §8.3, §6, §7.2, §10, §6.7.
constexpr unsigned probes = 3;
constexpr duration between_probes = 250ms;
constexpr duration after_tie = 1s;
constexpr unsigned announcements = 2;
constexpr duration between_announcements = 1s;
constexpr duration between_same_answers = 1s;
constexpr duration between_defences = 250ms;
constexpr duration for_more_known_answers = 400ms;
constexpr unsigned most_conflicts = 15;
constexpr duration after_many_conflicts = 5s;
constexpr std::uint32_t host_ttl = 120;  // seconds
constexpr std::uint32_t legacy_ttl = 10;
constexpr duration told_lately = std::chrono::seconds(host_ttl / 4);

}  // namespace

responder_core::responder_core(const dns::name& host, std::uint64_t random) noexcept : random_(random) {
  records_.name = host;
}

/// Up to 250 ms, another one each time.
duration responder_core::a_moment() noexcept {
  random_ = hash_mix(random_, 1);
  return between_probes * static_cast<std::int64_t>(random_ % 256) / 256;
}

// ---- Having a name ------------------------------------------------------------------------------------

void responder_core::probe(instant at) noexcept {
  state_ = state::probing;
  sent_ = 0;
  next_ = at;
  wanted_ = 0;
}

void responder_core::start(instant now) noexcept { probe(later(now, a_moment())); }

void responder_core::stop() noexcept {
  state_ = state_ == state::claimed ? state::leaving : state::stopped;
  wanted_ = 0;
}

void responder_core::set_addresses(std::span<const ip_address> all, instant now) noexcept {
  const bool had_none = records_.addresses.empty();
  if (!records_.set_addresses(all)) return;
  wanted_ = 0;
  told_ = {};
  if (state_ == state::probing && had_none) probe(later(now, a_moment()));
  if (state_ != state::claimed) return;
  sent_ = 0;
  next_ = now;
}

/// A name that was ours is asked for once more, and given up if the other stays (§9).
verdict responder_core::meet_conflict(instant now) noexcept {
  if (state_ == state::probing) records_.rename();
  ++conflicts_;
  probe(later(now, conflicts_ < most_conflicts ? a_moment() : after_many_conflicts));
  return verdict::conflict;
}

// ---- Messages that come -------------------------------------------------------------------------------

verdict responder_core::input(cbytes message, bool multicast, std::uint16_t from_port, instant now,
                              direct_reply& reply) noexcept {
  reply = {};
  auto reader = dns::message_reader::open(message);
  if (!reader) return verdict::malformed;
  const dns::header head = reader->head();
  if (state_ == state::stopped || state_ == state::leaving) return verdict::passed_over;
  if (head.operation != dns::opcode::query || head.code != dns::rcode::no_error) return verdict::unexpected;
  if (!head.response) {
    // Who asks us alone may be on another link, which cannot be told here (§11).
    if (!multicast) return verdict::unexpected;
    return hear_question(*reader, from_port, now, reply);
  }
  // Alone we are told only what we have asked for: whether the name is taken.
  if (from_port != dns::multicast_port || (!multicast && state_ != state::probing))
    return verdict::unexpected;
  return hear_response(*reader, now);
}

verdict responder_core::hear_question(dns::message_reader& reader, std::uint16_t from_port, instant now,
                                      direct_reply& reply) noexcept {
  record_bits wanted = 0;
  record_bits known = 0;
  bool alone = false;
  bool is_probe = false;
  const bool is_legacy = from_port != dns::multicast_port;
  for (auto next = reader.next_question(); !next || *next; next = reader.next_question()) {
    if (!next) return verdict::malformed;
    const dns::question& each = **next;
    const dns::record_class in_class = without_top_bit(each.in_class);
    if (!(each.subject == records_.name)) continue;
    if (in_class != dns::record_class::in && in_class != dns::record_class::any) continue;
    wanted |= records_.answer(each.type);
    alone = alone || has_top_bit(each.in_class);
    reply.question = each;
  }
  for (auto next = reader.next_record(); !next || *next; next = reader.next_record()) {
    if (!next) return verdict::malformed;
    const dns::record& each = **next;
    if (each.where == dns::section::answer && each.ttl >= host_ttl / 2) known |= records_.find(reader, each);
    if (each.where == dns::section::authority && each.owner == records_.name) is_probe = true;
  }
  if (state_ == state::probing) {
    if (!is_probe || records_.compare_with(reader.message()) >= 0) return verdict::passed_over;
    ++conflicts_;
    probe(later(now, after_tie));
    return verdict::conflict;
  }
  if (is_legacy) {
    reply.which = wanted;
    reply.is_legacy = true;
    reply.id = reader.head().id;
    return wanted != 0 ? verdict::answered : verdict::passed_over;
  }
  // Known answers also come in messages of their own, behind one that was cut short (§7.2).
  wanted &= ~known;
  if (reader.head().count(dns::section::question) == 0) wanted_ &= ~known;
  if (wanted == 0) return verdict::passed_over;
  if (alone && is_fresh(wanted, now)) {
    reply.which = wanted;
    return verdict::answered;
  }
  const instant soonest = reader.head().truncated ? later(now, for_more_known_answers + a_moment() / 4) : now;
  respond(wanted, soonest, is_probe ? between_defences : between_same_answers);
  return verdict::answered;
}

verdict responder_core::hear_response(dns::message_reader& reader, instant now) noexcept {
  verdict found = verdict::passed_over;
  for (auto next = reader.next_record(); !next || *next; next = reader.next_record()) {
    if (!next) return verdict::malformed;
    const dns::record& each = **next;
    if (each.ttl == 0 || !(each.owner == records_.name)) continue;
    if (const record_bits ours = records_.find(reader, each); ours != 0) {
      // Somebody has said it for us (§7.4).
      if (each.ttl >= host_ttl) wanted_ &= ~ours;
      continue;
    }
    const bool is_address = each.type == dns::record_type::a || each.type == dns::record_type::aaaa;
    if (is_address || state_ == state::probing) found = verdict::conflict;
  }
  return found == verdict::conflict ? meet_conflict(now) : found;
}

// ---- Messages that go ---------------------------------------------------------------------------------

/// Whether the group was told all of that in the last quarter of the time that it may be kept (§5.4).
bool responder_core::is_fresh(record_bits which, instant now) const noexcept {
  for (std::size_t i = 0; i < told_.size(); ++i)
    if ((which & record_bits{1} << i) != 0 && (told_[i] == instant{} || now - told_[i] > told_lately))
      return false;
  return true;
}

void responder_core::respond(record_bits which, instant soonest, duration between) noexcept {
  for (std::size_t i = 0; i < told_.size(); ++i)
    if ((which & record_bits{1} << i) != 0 && told_[i] != instant{})
      soonest = std::max(soonest, later(told_[i], between));
  respond_at_ = wanted_ == 0 ? soonest : std::min(respond_at_, soonest);
  wanted_ |= which;
}

responder_core::action responder_core::tell(record_bits which, instant now) noexcept {
  for (std::size_t i = 0; i < told_.size(); ++i)
    if ((which & record_bits{1} << i) != 0) told_[i] = now;
  wanted_ &= ~which;
  return {action::kind::respond, which};
}

responder_core::action responder_core::poll(instant now) noexcept {
  if (state_ == state::leaving) {
    state_ = state::stopped;
    return {action::kind::goodbye, records_.all()};
  }
  if (state_ == state::stopped || records_.addresses.empty()) return {};
  if (state_ == state::probing && now >= next_) {
    next_ = later(now, between_probes);
    if (sent_++ < probes) return {action::kind::probe, records_.all()};
    state_ = state::claimed;
    conflicts_ = 0;
    sent_ = 0;
    next_ = now;
  }
  if (state_ != state::claimed) return {};
  if (now >= next_) {
    next_ = ++sent_ < announcements ? later(now, between_announcements) : never;
    return tell(records_.all(), now);
  }
  if (wanted_ != 0 && now >= respond_at_) return tell(wanted_, now);
  return {};
}

instant responder_core::next_timeout() const noexcept {
  if (state_ == state::leaving) return instant{};
  if (state_ == state::stopped || records_.addresses.empty()) return never;
  return wanted_ != 0 ? std::min(next_, respond_at_) : next_;
}

std::size_t responder_core::emit(const action& what, bytes to) const noexcept {
  dns::message_writer message(to.first(std::min(to.size(), longest_message)));
  if (what.what == action::kind::probe) {
    message.set_header({});
    const bool fits =
        message.add_question(records_.name, dns::record_type::any, with_top_bit(dns::record_class::in)) &&
        records_.write(message, dns::section::authority, what.which, dns::record_class::in, host_ttl);
    return fits ? message.finish().size() : 0;
  }
  message.set_header({.response = true, .authoritative = true});
  const std::uint32_t ttl = what.what == action::kind::goodbye ? 0 : host_ttl;
  const bool fits =
      records_.write(message, dns::section::answer, what.which, with_top_bit(dns::record_class::in), ttl);
  return fits ? message.finish().size() : 0;
}

std::size_t responder_core::emit(const direct_reply& what, bytes to) const noexcept {
  if (!what.is_legacy) return emit(action{action::kind::respond, what.which}, to);
  dns::message_writer message(to.first(std::min(to.size(), longest_message)));
  message.set_header({.id = what.id, .response = true, .authoritative = true});
  const bool fits = message.add(what.question) && records_.write(message, dns::section::answer, what.which,
                                                                 dns::record_class::in, legacy_ttl);
  return fits ? message.finish().size() : 0;
}

}  // namespace mirage::mdns
