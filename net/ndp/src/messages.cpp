// SPDX-License-Identifier: ISC
#include "mirage/ndp/messages.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mirage {

namespace {

constexpr std::uint8_t neighbour_hop_limit = 255;

// RFC 4861 §4.6, RFC 3971 §5.3.2, RFC 4191 §2.3, RFC 8106 §5.1
enum option_type : std::uint8_t {
  source_link_address = 1,
  target_link_address = 2,
  prefix = 3,
  mtu = 5,
  nonce = 14,
  route = 24,
  dns_servers = 25
};

[[nodiscard]] bool is_neighbours(const ndp_header& from, cbytes message, std::size_t least) noexcept {
  return from.hop_limit == neighbour_hop_limit && !from.source.is_multicast() && message.size() >= least &&
         message[1] == std::byte{0} &&
         icmpv6_header::is_checksum_right(message, from.source, from.destination);
}

/// `visit(type, whole option)` for each; false if one has no length or leads out of the message.
template <class Visit>
[[nodiscard]] bool for_each_option(cbytes options, Visit visit) noexcept {
  while (!options.empty()) {
    if (options.size() < 2) return false;
    const std::size_t length = 8 * std::to_integer<std::size_t>(options[1]);
    if (length == 0 || length > options.size()) return false;
    visit(std::to_integer<std::uint8_t>(options[0]), options.first(length));
    options = options.subspan(length);
  }
  return true;
}

// No neighbour has a group's address, or none.
[[nodiscard]] std::optional<mac_address> link_address(cbytes option) noexcept {
  const mac_address told = mac_address::load(&option[2]);
  if (option.size() != 8 || told.is_multicast() || told.is_zero()) return std::nullopt;
  return told;
}

[[nodiscard]] bool read_link_address(cbytes options, option_type wanted,
                                     std::optional<mac_address>& found) noexcept {
  return for_each_option(options, [&](std::uint8_t type, cbytes option) {
    if (type == wanted) found = link_address(option);
  });
}

void read_prefix(cbytes option, router_advertisement& to) noexcept {
  if (option.size() != 32 || to.prefixes.full()) return;
  const auto network =
      ipv6_prefix::make(ipv6_address::load(&option[16]), std::to_integer<unsigned>(option[2]));
  if (!network) return;
  const auto flags = std::to_integer<unsigned>(option[3]);
  to.prefixes.push_back({.prefix = network->network(),
                         .on_link = (flags & 0x80) != 0,
                         .autonomous = (flags & 0x40) != 0,
                         .valid = load_be32(&option[4]),
                         .preferred = load_be32(&option[8])});
}

// Nothing for the value that is reserved.
[[nodiscard]] std::optional<router_preference> read_preference(unsigned flags) noexcept {
  switch (flags >> 3 & 3) {
    case 0: return router_preference::medium;
    case 1: return router_preference::high;
    case 3: return router_preference::low;
    default: return std::nullopt;
  }
}

// RFC 4191 §2.3: as much of the prefix as is needed may be there.
void read_route(cbytes option, router_advertisement& to) noexcept {
  const auto length = std::to_integer<unsigned>(option[2]);
  const auto preference = read_preference(std::to_integer<unsigned>(option[3]));
  const std::size_t told = option.size() - 8;
  if (!preference || told > 16 || told * 8 < length || to.routes.full()) return;
  std::array<std::byte, 16> address{};
  std::ranges::copy(option.subspan(8), address.begin());
  const auto prefix = ipv6_prefix::make(ipv6_address::load(address.data()), length);
  if (!prefix) return;
  to.routes.push_back({prefix->network(), *preference, load_be32(&option[4])});
}

void read_dns_servers(cbytes option, router_advertisement& to) noexcept {
  const std::uint32_t lifetime = option.size() >= 24 ? load_be32(&option[4]) : 0;
  for (std::size_t at = 8; at + 16 <= option.size(); at += 16)
    if (!to.dns_servers.full()) to.dns_servers.push_back({ipv6_address::load(&option[at]), lifetime});
}

constexpr std::uint64_t nonce_bits = 0xffff'ffff'ffff;

[[nodiscard]] std::optional<std::uint64_t> read_nonce(cbytes option) noexcept {
  if (option.size() != 8) return std::nullopt;
  return load_be64(option.data()) & nonce_bits;
}

std::size_t put_nonce(bytes to, std::uint64_t value) noexcept {
  store_be64(to.data(),
             std::uint64_t{option_type::nonce} << 56 | std::uint64_t{1} << 48 | (value & nonce_bits));
  return 8;
}

std::size_t put_link_address(bytes to, option_type type, mac_address ours) noexcept {
  to[0] = static_cast<std::byte>(type);
  to[1] = std::byte{1};
  ours.store(&to[2]);
  return 8;
}

std::size_t finish(bytes to, std::size_t size, const ndp_header& header) noexcept {
  icmpv6_header::finish(to.first(size), header.source, header.destination);
  return size;
}

}  // namespace

std::optional<neighbour_solicitation> read_neighbour_solicitation(const ndp_header& from,
                                                                  cbytes message) noexcept {
  if (!is_neighbours(from, message, 24)) return std::nullopt;
  neighbour_solicitation read{ipv6_address::load(&message[8])};
  if (read.target.is_multicast()) return std::nullopt;
  bool tells_link = false;
  const bool fine = for_each_option(message.subspan(24), [&](std::uint8_t type, cbytes option) {
    if (type == nonce) read.nonce = read_nonce(option);
    if (type != source_link_address) return;
    tells_link = true;
    read.source_link = link_address(option);
  });
  if (!fine) return std::nullopt;
  if (from.source.is_unspecified() && (tells_link || from.destination != solicited_node(read.target)))
    return std::nullopt;
  return read;
}

std::optional<neighbour_advertisement> read_neighbour_advertisement(const ndp_header& from,
                                                                    cbytes message) noexcept {
  if (!is_neighbours(from, message, 24)) return std::nullopt;
  const auto flags = std::to_integer<unsigned>(message[4]);
  neighbour_advertisement read{.target = ipv6_address::load(&message[8]),
                               .router = (flags & 0x80) != 0,
                               .solicited = (flags & 0x40) != 0,
                               .overrides = (flags & 0x20) != 0};
  if (read.target.is_multicast() || (read.solicited && from.destination.is_multicast())) return std::nullopt;
  if (!read_link_address(message.subspan(24), target_link_address, read.target_link)) return std::nullopt;
  return read;
}

std::optional<router_advertisement> read_router_advertisement(const ndp_header& from,
                                                              cbytes message) noexcept {
  if (!is_neighbours(from, message, 16) || !from.source.is_link_local()) return std::nullopt;
  const auto flags = std::to_integer<unsigned>(message[5]);
  router_advertisement read{.hop_limit = std::to_integer<std::uint8_t>(message[4]),
                            .managed = (flags & 0x80) != 0,
                            .other = (flags & 0x40) != 0,
                            .preference = read_preference(flags).value_or(router_preference::medium),
                            .lifetime = load_be16(&message[6]),
                            .reachable_time = load_be32(&message[8]),
                            .retransmit_timer = load_be32(&message[12])};
  const bool fine = for_each_option(message.subspan(16), [&](std::uint8_t type, cbytes option) {
    switch (type) {
      case source_link_address: read.source_link = link_address(option); break;
      case prefix: read_prefix(option, read); break;
      case mtu:
        if (option.size() == 8) read.mtu = load_be32(&option[4]);
        break;
      case route: read_route(option, read); break;
      case dns_servers: read_dns_servers(option, read); break;
      default: break;
    }
  });
  if (!fine) return std::nullopt;
  return read;
}

std::optional<redirect_message> read_redirect(const ndp_header& from, cbytes message) noexcept {
  if (!is_neighbours(from, message, 40) || !from.source.is_link_local()) return std::nullopt;
  redirect_message read{ipv6_address::load(&message[8]), ipv6_address::load(&message[24])};
  if (read.destination.is_multicast()) return std::nullopt;
  if (!read.target.is_link_local() && read.target != read.destination) return std::nullopt;
  if (!read_link_address(message.subspan(40), target_link_address, read.target_link)) return std::nullopt;
  return read;
}

std::size_t write_neighbour_solicitation(bytes to, const ndp_header& header, const ipv6_address& target,
                                         mac_address ours, std::uint64_t nonce) noexcept {
  icmpv6_header::write(to, icmpv6_type::neighbour_solicitation, 0, 0);
  target.store(&to[8]);
  std::size_t size = 24;
  const bytes option = to.subspan(size);
  size += header.source.is_unspecified() ? put_nonce(option, nonce)
                                         : put_link_address(option, source_link_address, ours);
  return finish(to, size, header);
}

std::size_t write_neighbour_advertisement(bytes to, const ndp_header& header, const ipv6_address& target,
                                          bool solicited, mac_address ours) noexcept {
  constexpr std::uint32_t overrides = 0x2000'0000;
  icmpv6_header::write(to, icmpv6_type::neighbour_advertisement, 0,
                       overrides | (solicited ? 0x4000'0000U : 0U));
  target.store(&to[8]);
  return finish(to, 24 + put_link_address(to.subspan(24), target_link_address, ours), header);
}

std::size_t write_router_solicitation(bytes to, const ndp_header& header, mac_address ours) noexcept {
  icmpv6_header::write(to, icmpv6_type::router_solicitation, 0, 0);
  std::size_t size = 8;
  if (!header.source.is_unspecified()) size += put_link_address(to.subspan(size), source_link_address, ours);
  return finish(to, size, header);
}

}  // namespace mirage
