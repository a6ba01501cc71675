// SPDX-License-Identifier: ISC
#include "mirage/ndp/core.hpp"

#include <algorithm>
#include <utility>

#include "mirage/core/hash.hpp"

namespace mirage {

namespace {

constexpr ipv6_prefix link_local_network = "fe80::/64";
constexpr std::uint8_t idgen_retries = 3;             // RFC 7217 §6
constexpr duration max_solicitation_delay = 1s;       // RFC 4861 §10
constexpr duration first_solicitation_interval = 4s;  // RFC 7559 §2
constexpr duration most_solicitation_interval = 3600s;
constexpr std::uint32_t most_reachable_time = 3'600'000;  // RFC 4861 §6.2.1, milliseconds

[[nodiscard]] instant lasts(std::uint32_t lifetime, instant now) noexcept {
  if (lifetime == prefix_information::forever) return never;
  return later(now, lifetime * duration{1s});
}

}  // namespace

ndp_core::ndp_core(mac_address mac, std::uint32_t mtu, const ndp_options& options,
                   const keyed_hash::key& secret, std::uint64_t seed)
    : mac_(mac),
      link_mtu_(mtu),
      accepts_routers_(options.accept_router_advertisements),
      identifiers_(options.identifier_secret.value_or(secret), mac),
      neighbours_(options, hash_mix(seed, 1)),
      addresses_(options, hash_mix(seed, 2)),
      hops_(options.redirects),
      mtu_(mtu),
      nonce_seed_(hash_mix(seed, 5)),
      random_(seed) {}

void ndp_core::start(instant now) noexcept {
  static_cast<void>(form_address(link_local_network, 0, never, never, now));
  if (!accepts_routers_) return;
  random_ = hash_mix(random_, 3);
  const auto range = static_cast<std::uint64_t>(max_solicitation_delay.count());
  solicit_due_ = later(now, duration{static_cast<std::int64_t>(random_ % range)});
  solicit_interval_ = varied(first_solicitation_interval, first_solicitation_interval);
}

bool ndp_core::add_address(const ipv6_prefix& address, instant now) noexcept {
  if (!addresses_.add({.network = address}, now)) return false;
  if (address.length() == 128 || hops_.add_network(address)) return true;
  addresses_.remove(address.address());
  return false;
}

ndp_core::verdict ndp_core::input(const ndp_header& from, cbytes message, instant now) noexcept {
  answers_.clear();
  answered_ = 0;
  const auto header = icmpv6_header::of(message);
  if (!header) return verdict::malformed;
  switch (header->type()) {
    case icmpv6_type::neighbour_solicitation: return input_solicitation(from, message, now);
    case icmpv6_type::neighbour_advertisement: return input_advertisement(from, message, now);
    case icmpv6_type::router_advertisement: return input_router(from, message, now);
    case icmpv6_type::redirect: return input_redirect(from, message, now);
    default: return verdict::refused;
  }
}

ndp_core::verdict ndp_core::input_solicitation(const ndp_header& from, cbytes message, instant now) noexcept {
  const auto asked = read_neighbour_solicitation(from, message);
  if (!asked) return verdict::malformed;
  const own_address* ours = addresses_.find(asked->target);
  if (ours == nullptr) return verdict::refused;
  if (ours->tentative) {
    // Somebody else is about to take it, too; to others it is not there yet (RFC 4862 §5.4.3).
    const bool ours_again = asked->nonce == nonce_of(asked->target);
    if (from.source.is_unspecified() && !ours_again) contest(asked->target, now);
    return verdict::taken;
  }
  ndp_action reply{.what = ndp_action::kind::advertise, .source = asked->target, .target = asked->target};
  if (from.source.is_unspecified()) {
    reply.destination = all_nodes;
    reply.link = multicast_station(all_nodes);
  } else {
    reply.destination = from.source;
    reply.solicited = true;
    if (asked->source_link) {
      answer(neighbours_.heard(from.source, *asked->source_link, true, now));
      reply.link = *asked->source_link;
    }
  }
  answer(reply);
  return verdict::taken;
}

ndp_core::verdict ndp_core::input_advertisement(const ndp_header& from, cbytes message,
                                                instant now) noexcept {
  const auto told = read_neighbour_advertisement(from, message);
  if (!told) return verdict::malformed;
  if (addresses_.find(told->target) != nullptr) {
    contest(told->target, now);
    return verdict::taken;
  }
  const bool was_router = neighbours_.is_router(told->target);
  answer(neighbours_.advertised(*told, now));
  if (was_router && !neighbours_.is_router(told->target)) hops_.remove_router(told->target);
  return verdict::taken;
}

ndp_core::verdict ndp_core::input_router(const ndp_header& from, cbytes message, instant now) noexcept {
  const auto told = read_router_advertisement(from, message);
  if (!told) return verdict::malformed;
  if (!accepts_routers_) return verdict::refused;
  take_parameters(*told);
  if (told->lifetime != 0) stop_soliciting();
  const instant until = later(now, told->lifetime * duration{1s});
  static_cast<void>(hops_.set_told_route({}, from.source, told->preference, until, now));
  for (const route_information& each : told->routes) take_route(each, from.source, now);
  if (told->source_link) answer(neighbours_.heard(from.source, *told->source_link, true, now));
  neighbours_.set_router(from.source, true);
  for (const prefix_information& each : told->prefixes) take_prefix(each, now);
  for (const dns_server_information& each : told->dns_servers) take_dns_server(each, now);
  return verdict::taken;
}

void ndp_core::take_parameters(const router_advertisement& told) noexcept {
  if (told.hop_limit != 0) hop_limit_ = told.hop_limit;
  if (told.reachable_time != 0 && told.reachable_time <= most_reachable_time)
    neighbours_.set_reachable_time(told.reachable_time * duration{1ms});
  // Shorter than a link's round trip would only be noise.
  if (told.retransmit_timer >= 10)
    neighbours_.set_retransmit_time(std::min<duration>(told.retransmit_timer * duration{1ms}, 60s));
  if (told.mtu >= least_mtu && told.mtu <= link_mtu_) mtu_ = told.mtu;
  managed_ = told.managed;
  other_ = told.other;
}

void ndp_core::take_prefix(const prefix_information& told, instant now) noexcept {
  const ipv6_address network = told.prefix.address();
  if (network.is_link_local() || network.is_multicast()) return;
  const instant valid = lasts(told.valid, now);
  if (told.on_link) static_cast<void>(hops_.set_prefix(told.prefix, valid, now));
  if (!told.autonomous || told.preferred > told.valid || told.prefix.length() != 64) return;
  if (addresses_.refresh(told.prefix, told.valid, told.preferred, now) || told.valid == 0) return;
  static_cast<void>(form_address(told.prefix, 0, lasts(told.preferred, now), valid, now));
}

void ndp_core::take_route(const route_information& told, const ipv6_address& router, instant now) noexcept {
  const ipv6_address network = told.prefix.address();
  if (network.is_link_local() || network.is_multicast()) return;
  static_cast<void>(
      hops_.set_told_route(told.prefix, router, told.preference, lasts(told.lifetime, now), now));
}

void ndp_core::take_dns_server(const dns_server_information& told, instant now) noexcept {
  const auto known = std::ranges::find(dns_servers_, told.server);
  const instant until = lasts(told.lifetime, now);
  if (known != dns_servers_.end()) {
    dns_until_[static_cast<std::size_t>(known - dns_servers_.begin())] = until;
  } else if (!dns_servers_.full() && told.lifetime != 0 && !told.server.is_unspecified() &&
             !told.server.is_multicast()) {
    dns_servers_.push_back(told.server);
    dns_until_.push_back(until);
  }
  expire_dns_servers(now);
}

void ndp_core::expire_dns_servers(instant now) noexcept {
  if (std::ranges::none_of(dns_until_, [&](instant until) { return until <= now; })) return;
  inline_vector<ipv6_address, most_dns_servers> servers;
  inline_vector<instant, most_dns_servers> until;
  for (std::size_t i = 0; i < dns_servers_.size(); ++i) {
    if (dns_until_[i] <= now) continue;
    servers.push_back(dns_servers_[i]);
    until.push_back(dns_until_[i]);
  }
  dns_servers_ = servers;
  dns_until_ = until;
}

ndp_core::verdict ndp_core::input_redirect(const ndp_header& from, cbytes message, instant now) noexcept {
  const auto told = read_redirect(from, message);
  if (!told) return verdict::malformed;
  // To ourselves would lead nowhere.
  if (!accepts_routers_ || addresses_.find(told->target) != nullptr) return verdict::refused;
  if (first_hop(told->destination, now) != from.source) return verdict::refused;
  if (told->target_link) answer(neighbours_.heard(told->target, *told->target_link, true, now));
  if (told->target != told->destination) neighbours_.set_router(told->target, true);
  hops_.redirect(told->destination, told->target);
  return verdict::taken;
}

bool ndp_core::form_address(const ipv6_prefix& network, std::uint8_t conflicts, instant preferred,
                            instant valid, instant now) noexcept {
  own_address made{.network = {identifiers_.address_in(network, conflicts), network.length()},
                   .formed = true,
                   .conflicts = conflicts};
  made.preferred_until = preferred;
  made.valid_until = valid;
  return addresses_.add(made, now);
}

void ndp_core::contest(const ipv6_address& address, instant now) noexcept {
  own_address lost;
  answer(addresses_.contested(address, lost));
  if (!lost.tentative || !lost.formed || lost.conflicts >= idgen_retries) return;
  static_cast<void>(form_address(lost.network, static_cast<std::uint8_t>(lost.conflicts + 1),
                                 lost.preferred_until, lost.valid_until, now));
}

// RFC 7527 §4.1: of the address, and nobody else's.
std::uint64_t ndp_core::nonce_of(const ipv6_address& address) const noexcept {
  return hash_mix(hash_mix(nonce_seed_, address.high()), address.low()) >> 16;
}

void ndp_core::answer(const ndp_action& action) noexcept {
  if (action && !answers_.full()) answers_.push_back(action);
}

ndp_action ndp_core::poll(instant now) noexcept {
  if (answered_ < answers_.size()) return answers_[answered_++];
  hops_.expire(now);
  expire_dns_servers(now);
  if (const ndp_action wanted = addresses_.poll(now)) return wanted;
  if (solicit_due_ <= now) return solicit_routers(now);
  return poll_neighbours(now);
}

// Once we ask in any case, because an answer may tell more (RFC 4861 §6.3.7).
void ndp_core::stop_soliciting() noexcept {
  if (has_solicited_) solicit_due_ = never;
  solicit_interval_ = {};
}

// RFC 8415 §15: more or less by a tenth of the interval before.
duration ndp_core::varied(duration middle, duration before) noexcept {
  random_ = hash_mix(random_, 4);
  const auto range = static_cast<std::uint64_t>(before.count() / 5) + 1;
  return middle - before / 10 + duration{static_cast<std::int64_t>(random_ % range)};
}

// RFC 7559 §2: until a router is there, ever more seldom.
ndp_action ndp_core::solicit_routers(instant now) noexcept {
  has_solicited_ = true;
  solicit_due_ = solicit_interval_ == duration{} ? never : later(now, solicit_interval_);
  solicit_interval_ = varied(std::min(2 * solicit_interval_, most_solicitation_interval), solicit_interval_);
  return {.what = ndp_action::kind::solicit_routers,
          .source = addresses_.speaker_to(all_routers),
          .destination = all_routers,
          .link = multicast_station(all_routers)};
}

ndp_action ndp_core::poll_neighbours(instant now) noexcept {
  while (ndp_action wanted = neighbours_.poll(now)) {
    if (wanted.what == ndp_action::kind::failed) hops_.unanswered(wanted.target);
    if (wanted.what != ndp_action::kind::solicit_neighbour) return wanted;
    // Without an address of ours it would look like the detection of a duplicate.
    if (!addresses_.is_ours(wanted.source)) wanted.source = addresses_.speaker_to(wanted.target);
    if (wanted.source.is_unspecified()) continue;
    if (wanted.destination.is_unspecified()) {
      wanted.destination = solicited_node(wanted.target);
      wanted.link = multicast_station(wanted.destination);
    }
    return wanted;
  }
  return {};
}

instant ndp_core::next_timeout() const noexcept {
  instant next =
      std::min({neighbours_.next_timeout(), addresses_.next_timeout(), hops_.next_timeout(), solicit_due_});
  for (const instant until : dns_until_) next = std::min(next, until);
  return next;
}

std::size_t ndp_core::emit(const ndp_action& action, bytes to) const noexcept {
  const ndp_header header{action.source, action.destination, 255};
  switch (action.what) {
    case ndp_action::kind::solicit_neighbour:
      return write_neighbour_solicitation(to, header, action.target, mac_, nonce_of(action.target));
    case ndp_action::kind::advertise:
      return write_neighbour_advertisement(to, header, action.target, action.solicited, mac_);
    case ndp_action::kind::solicit_routers: return write_router_solicitation(to, header, mac_);
    default: return 0;
  }
}

}  // namespace mirage
