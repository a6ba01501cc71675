// SPDX-License-Identifier: ISC
#include "mirage/dns_server/cookies.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"
#include "mirage/equal_in_constant_time.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t client_size = 8;
constexpr std::uint32_t greatest_age = 3600;  // RFC 9018 §4.3
constexpr std::uint32_t clock_skew = 300;

/// The client's cookie, the version, and the time.
constexpr std::size_t hashed_size = client_size + 4 + 4;

void finish(cookie_pair& pair, const keyed_hash& hash, const ip_address& client) noexcept {
  std::array<std::byte, hashed_size + 16> message;
  std::ranges::copy(cbytes(pair).first(hashed_size), message.begin());
  client.as_v6().store(message.data() + hashed_size);
  store_be64(pair.data() + hashed_size, hash.of(message));
}

cookie_pair begin(cbytes client_cookie, std::uint32_t time) noexcept {
  cookie_pair pair{};
  std::ranges::copy(client_cookie.first(client_size), pair.begin());
  pair[client_size] = std::byte{1};
  store_be32(pair.data() + client_size + 4, time);
  return pair;
}

}  // namespace

cookie_state cookies::check(cbytes option, const ip_address& client, std::uint32_t now) const noexcept {
  if (option.size() == client_size) return cookie_state::unknown;
  if (option.size() < 16 || option.size() > 40) return cookie_state::malformed;
  if (option.size() != sizeof(cookie_pair)) return cookie_state::unknown;
  const std::uint32_t time = load_be32(option.data() + client_size + 4);
  // Serial arithmetic (RFC 1982), so that the year 2106 passes unnoticed.
  const auto age = static_cast<std::int32_t>(now - time);
  if (age > static_cast<std::int32_t>(greatest_age) || age < -static_cast<std::int32_t>(clock_skew))
    return cookie_state::unknown;
  cookie_pair expected = begin(option, time);
  finish(expected, hash_, client);
  return equal_in_constant_time(expected, option.first(expected.size())) ? cookie_state::known
                                                                         : cookie_state::unknown;
}

cookie_pair cookies::make(cbytes option, const ip_address& client, std::uint32_t now) const noexcept {
  cookie_pair pair = begin(option, now);
  finish(pair, hash_, client);
  return pair;
}

}  // namespace mirage::dns
