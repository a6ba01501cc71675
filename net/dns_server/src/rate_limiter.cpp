// SPDX-License-Identifier: ISC
#include "mirage/dns_server/rate_limiter.hpp"

#include <algorithm>
#include <array>

#include "mirage/core/hash.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/dns/wire.hpp"

namespace mirage::dns {

namespace {

constexpr unsigned labels_of_denials = 2;

/// What belongs to the network: 24 bits of an IPv4 address, 56 of IPv6.
ip_address network_of(const ip_address& client) noexcept {
  std::array<std::byte, 16> octets;
  client.as_v6().store(octets.data());
  std::fill(octets.begin() + (client.is_v4() ? 15 : 7), octets.end(), std::byte{0});
  return ipv6_address::load(octets.data());
}

/// What is counted together: answers with records by their name; denials and referrals, of which there can be
/// one for every name that somebody makes up, by the last two labels; errors without regard to the name.
std::uint64_t subject_of(const query& asked, const header& made) noexcept {
  if (!asked.has_question() || (made.code != rcode::no_error && made.code != rcode::name_error)) return 0;
  const unsigned labels = asked.name().labels();
  const bool has_records = made.count(section::answer) > 0;
  return asked.name().hash(has_records ? labels : std::min(labels, labels_of_denials));
}

}  // namespace

rate_limiter::rate_limiter(const rate_limit_options& options) : options_(options), seed_(os::random64()) {
  require(options.accounts > 0 && (options.accounts & (options.accounts - 1)) == 0,
          "the accounts of a rate limiter are a power of two");
  if (is_on()) accounts_.resize(options.accounts);
}

rate_limiter::verdict rate_limiter::judge(const query& asked, cbytes made, const ip_address& client,
                                          std::uint32_t seconds) noexcept {
  const header head = header::load(made.data());
  const auto kind =
      std::uint64_t{head.count(section::answer) > 0} << 8 | static_cast<std::uint64_t>(head.code);
  const std::uint64_t who = hash_mix(network_of(client).hash(seed_), kind);
  const std::uint64_t hash = hash_mix(who, subject_of(asked, head));
  const auto tag = static_cast<std::uint32_t>(hash >> 32) | 1u;
  account& of = accounts_[static_cast<std::size_t>(hash) & (accounts_.size() - 1)];
  if (of.tag != tag || of.seconds != seconds) {
    const std::uint16_t beyond = of.tag == tag ? of.beyond : std::uint16_t{0};
    of = {.tag = tag, .seconds = seconds, .left = options_.per_second, .beyond = beyond};
  }
  if (of.left > 0) {
    --of.left;
    return verdict::send;
  }
  ++of.beyond;
  return options_.slip > 0 && of.beyond % options_.slip == 0 ? verdict::cut : verdict::leave_out;
}

std::size_t cut_to_question(bytes answer, const query& asked) noexcept {
  const std::size_t size = header::size + (asked.has_question() ? asked.question().size() : 0);
  header head = header::load(answer.data());
  head.truncated = true;
  head.counts = {static_cast<std::uint16_t>(asked.has_question() ? 1 : 0), 0, 0, 0};
  head.store(answer.data());
  return size;
}

}  // namespace mirage::dns
