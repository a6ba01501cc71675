// SPDX-License-Identifier: ISC
#include "mirage/nat/table.hpp"

#include <algorithm>

#include "mirage/tcp/wire.hpp"

namespace mirage {

namespace {

namespace flag = tcp_protocol::flag;

struct port_range {
  std::uint32_t first;
  std::uint32_t count;
  std::uint32_t step;
};

// RFC 4787 REQ-3: well-known ports stand for well-known ports. REQ-4: UDP's stay odd or even. An identifier
// is only a number.
[[nodiscard]] port_range range_of(nat_protocol protocol, std::uint16_t port) noexcept {
  if (protocol == nat_protocol::echo) return {0, 65'536, 1};
  const bool well_known = port != 0 && port < 1024;
  const port_range all = well_known ? port_range{2, 1022, 1} : port_range{1024, 64'512, 1};
  if (protocol == nat_protocol::tcp) return all;
  return {all.first + port % 2u, all.count / 2, 2};
}

}  // namespace

nat_table::nat_table(const nat_options& options)
    : options_(options),
      all_mappings_(options.sessions + most_forwards),
      all_sessions_(options.sessions),
      inside_(all_mappings_.size()),
      outside_(all_mappings_.size()),
      session_index_(options.sessions) {
  for (mapping& each : all_mappings_) free_mappings_.push_back(each);
  for (session& each : all_sessions_) free_sessions_.push_back(each);
}

bool nat_table::forward(const port_forward& what) noexcept {
  if (is_taken(what.protocol, what.port) || inside_.find({what.protocol, what.to}) != nullptr) return false;
  std::size_t forwards = 0;
  outside_.for_each([&](const outside_key&, mapping* each) { forwards += each->is_static ? 1 : 0; });
  if (forwards == most_forwards) return false;
  mapping& made = static_cast<mapping&>(free_mappings_.pop_front());
  made.protocol = what.protocol;
  made.is_static = true;
  made.port = what.port;
  made.inside = what.to;
  made.sessions = 0;
  *inside_.insert({made.protocol, made.inside}) = &made;
  *outside_.insert(key_of(made)) = &made;
  return true;
}

void nat_table::clear() noexcept {
  for (list& each : waiting_)
    while (!each.empty()) remove(static_cast<session&>(each.front()));
}

result<std::uint16_t, nat_refusal> nat_table::outbound(const nat_flow& flow, instant now) noexcept {
  expire(now);
  const bool reset = flow.protocol == nat_protocol::tcp && (flow.tcp_flags & flag::rst) != 0;
  mapping* const* known = inside_.find({flow.protocol, flow.source});
  session* with = known != nullptr ? find(**known, flow.destination) : nullptr;
  if (with == nullptr) {
    if (reset) return fail(nat_refusal::no_session);
    if (free_sessions_.empty() && !make_room()) return fail(nat_refusal::full);
    known = inside_.find({flow.protocol, flow.source});  // its last session may just have gone
    mapping* const of = known != nullptr ? *known : make_mapping(flow.protocol, flow.source);
    if (of == nullptr) return fail(nat_refusal::no_port);
    with = &make_session(*of, flow.destination);
  }
  used(*with, side::inside, flow.tcp_flags, now);
  return with->of->port;
}

result<nat_endpoint, nat_refusal> nat_table::inbound(const nat_flow& flow, instant now) noexcept {
  expire(now);
  mapping* const* known = outside_.find({flow.protocol, flow.destination.port});
  if (known == nullptr) return fail(nat_refusal::no_mapping);
  mapping& of = **known;
  session* with = find(of, flow.source);
  if (with == nullptr) {
    if (!of.is_static && !options_.endpoint_independent_filtering) return fail(nat_refusal::filtered);
    if (flow.protocol == nat_protocol::tcp && (flow.tcp_flags & flag::rst) != 0)
      return fail(nat_refusal::no_session);
    // Who comes from outside takes nobody's last session, so the mapping stays.
    ++of.sessions;
    const bool room = !free_sessions_.empty() || make_room();
    --of.sessions;
    if (!room) return fail(nat_refusal::full);
    with = &make_session(of, flow.source);
    keep(*with, flow.protocol == nat_protocol::echo ? timeout::echo : timeout::udp, now);
  }
  used(*with, side::outside, flow.tcp_flags, now);
  return of.inside;
}

std::optional<std::uint16_t> nat_table::outside_port(nat_protocol protocol,
                                                     const nat_endpoint& inside) noexcept {
  mapping* const* known = inside_.find({protocol, inside});
  if (known == nullptr) return std::nullopt;
  return (*known)->port;
}

std::optional<nat_endpoint> nat_table::inside_of(nat_protocol protocol, std::uint16_t port,
                                                 const nat_endpoint& remote) noexcept {
  mapping* const* known = outside_.find({protocol, port});
  if (known == nullptr || find(**known, remote) == nullptr) return std::nullopt;
  return (*known)->inside;
}

void nat_table::expire(instant now) noexcept {
  for (list& each : waiting_) {
    while (!each.empty()) {
      session& first = static_cast<session&>(each.front());
      if (first.until > now) break;
      remove(first);
    }
  }
}

// UDP and echo are filtered by the address alone (RFC 4787 §5, RFC 5508 §3.2).
nat_endpoint nat_table::remote_of(nat_protocol protocol, const nat_endpoint& remote) noexcept {
  return protocol == nat_protocol::tcp ? remote : nat_endpoint{remote.address, 0};
}

nat_table::session* nat_table::find(const mapping& of, const nat_endpoint& remote) noexcept {
  session* const* found = session_index_.find({key_of(of), remote_of(of.protocol, remote)});
  return found != nullptr ? *found : nullptr;
}

nat_table::mapping* nat_table::make_mapping(nat_protocol protocol, const nat_endpoint& inside) noexcept {
  const auto port = free_port(protocol, inside);
  if (!port) return nullptr;
  mapping& made = static_cast<mapping&>(free_mappings_.pop_front());
  made.protocol = protocol;
  made.is_static = false;
  made.port = *port;
  made.inside = inside;
  made.sessions = 0;
  *inside_.insert({protocol, inside}) = &made;
  *outside_.insert(key_of(made)) = &made;
  return &made;
}

// The same port where it is free; otherwise one that nobody outside can foretell (RFC 6056 §3.3.1).
std::optional<std::uint16_t> nat_table::free_port(nat_protocol protocol,
                                                  const nat_endpoint& inside) noexcept {
  const bool may_keep = inside.port != 0 || protocol == nat_protocol::echo;
  if (may_keep && !is_taken(protocol, inside.port)) return inside.port;
  constexpr std::uint32_t most_tries = 1024;
  const port_range range = range_of(protocol, inside.port);
  const std::uint64_t begin = hash_.of({inside.address, inside.port}, {}, ++tries_);
  for (std::uint32_t i = 0; i < std::min(most_tries, range.count); ++i) {
    const auto at = static_cast<std::uint32_t>((begin + i) % range.count);
    const auto port = static_cast<std::uint16_t>(range.first + at * range.step);
    if (!is_taken(protocol, port)) return port;
  }
  return std::nullopt;
}

// Established connections stay: who fills the table with new ones ends none of them.
bool nat_table::make_room() noexcept {
  for (const timeout by : {timeout::transitory, timeout::echo, timeout::udp}) {
    if (of(by).empty()) continue;
    ++evicted_;
    remove(static_cast<session&>(of(by).front()));
    return true;
  }
  return false;
}

nat_table::session& nat_table::make_session(mapping& of, const nat_endpoint& remote) noexcept {
  session& made = static_cast<session&>(free_sessions_.pop_front());
  made.of = &of;
  made.remote = remote_of(of.protocol, remote);
  made.heard = made.finished = 0;
  made.is_open = made.is_reset = false;
  ++of.sessions;
  *session_index_.insert({key_of(of), made.remote}) = &made;
  return made;
}

void nat_table::remove(session& one) noexcept {
  mapping& of = *one.of;
  session_index_.erase({key_of(of), one.remote});
  one.unlink();
  free_sessions_.push_back(one);
  if (--of.sessions == 0 && !of.is_static) remove(of);
}

void nat_table::remove(mapping& one) noexcept {
  inside_.erase({one.protocol, one.inside});
  outside_.erase(key_of(one));
  free_mappings_.push_back(one);
}

// RFC 7857 §2: a connection is open when both sides were heard and one has gone on to something else than a
// SYN, and closing when both have finished, or after a reset, which counts for nothing if more comes.
void nat_table::used(session& one, side from, std::uint8_t tcp_flags, instant now) noexcept {
  constexpr std::uint8_t both = 3;
  const auto bit = static_cast<std::uint8_t>(from);
  switch (one.of->protocol) {
    // Who is inside keeps it alive, and nobody outside does (RFC 4787 REQ-6).
    case nat_protocol::udp:
      if (from == side::inside) keep(one, timeout::udp, now);
      return;
    case nat_protocol::echo:
      if (from == side::inside) keep(one, timeout::echo, now);
      return;
    case nat_protocol::tcp: break;
  }
  if ((tcp_flags & flag::rst) != 0) {
    one.is_reset = true;
  } else {
    const bool syn = (tcp_flags & flag::syn) != 0;
    const bool is_over = one.is_reset || one.finished == both;
    if (syn && is_over) {
      one.heard = one.finished = 0;
      one.is_open = false;
    }
    one.is_reset = false;
    one.heard |= bit;
    if ((tcp_flags & flag::fin) != 0) one.finished |= bit;
    if (one.heard == both && !syn) one.is_open = true;
  }
  const bool established = one.is_open && !one.is_reset && one.finished != both;
  keep(one, established ? timeout::established : timeout::transitory, now);
}

void nat_table::keep(session& one, timeout by, instant now) noexcept {
  const std::array<duration, 4> times{options_.tcp_transitory, options_.echo, options_.udp,
                                      options_.tcp_established};
  one.until = now + times[static_cast<std::size_t>(by)];
  one.unlink();
  of(by).push_back(one);
}

}  // namespace mirage
