// SPDX-License-Identifier: ISC
#include "mirage/dhcp/server_core.hpp"

#include <algorithm>
#include <array>

#include "mirage/dhcp/message_writer.hpp"

namespace mirage {

namespace {

using type = dhcp_message_type;
using verdict = dhcp_server_core::verdict;

constexpr std::size_t ip_and_udp_headers = 28;
constexpr std::size_t least_greatest_message = 548;  // RFC 2131 §2: 576 bytes with the headers
constexpr std::size_t most_relay_information = 257;  // with its code and its length

}  // namespace

dhcp_server_core::dhcp_server_core(const dhcp_server_options& options) : options_(options) {
  tables_.reserve(options_.networks.size());
  for (const dhcp_network& each : options_.networks)
    tables_.emplace_back(each, options_.reservations, options_.leases);
}

std::size_t dhcp_server_core::taken(instant now) const noexcept {
  std::size_t sum = 0;
  for (const dhcp_lease_table& each : tables_) sum += each.taken(now);
  return sum;
}

std::optional<std::uint32_t> dhcp_server_core::network_of(ipv4_address address) const noexcept {
  for (std::uint32_t i = 0; i < options_.networks.size(); ++i)
    if (options_.networks[i].network.contains(address)) return i;
  return std::nullopt;
}

dhcp_server_core::outcome dhcp_server_core::input(cbytes bytes, instant now) noexcept {
  const auto message = dhcp_message::of(bytes);
  if (!message || message->operation() != dhcp_operation::request) return {verdict::malformed};
  const auto options = dhcp_options::of(*message);
  if (!options) return {verdict::malformed};
  // Where the client is: behind the relay, or where its address is, or on our own link (§4.3.1).
  const ipv4_address ours = message->client_address();
  ipv4_address place = options_.address;
  if (!message->relay().is_unspecified())
    place = message->relay();
  else if (!ours.is_unspecified() && network_of(ours))
    place = ours;
  const auto network = network_of(place);
  if (!network) return {verdict::no_network};
  const request from{.message = *message,
                     .options = *options,
                     .client = dhcp_client_key::of(*message, *options),
                     .mac = message->mac().value_or(mac_address()),
                     .wanted = options->address(dhcp_option::requested_address).value_or(ipv4_address()),
                     .network = *network};
  const auto server = options->address(dhcp_option::server_identifier);
  switch (options->type()) {
    case type::discover: return discover(from, now);
    case type::request:
      if (server) return select(from, now);
      return verify(from, ours.is_unspecified() ? from.wanted : ours, now);
    case type::decline:
      return server == options_.address ? decline(from, now) : outcome{verdict::other_server};
    case type::release:
      return server == options_.address ? release(from, now) : outcome{verdict::other_server};
    case type::inform: return inform(from);
    case type::none:
    case type::offer:
    case type::ack:
    case type::nak: return {verdict::unsupported};
  }
  return {verdict::unsupported};
}

dhcp_server_core::outcome dhcp_server_core::discover(const request& from, instant now) noexcept {
  dhcp_lease_table& table = tables_[from.network];
  dhcp_lease* lease = table.choose(from.client, from.mac, from.wanted, now);
  if (lease == nullptr) return {verdict::no_address};
  // A client that asks again while it has a lease keeps it: anybody could ask in its name.
  const bool has_it = lease->is == dhcp_lease::state::leased && lease->known &&
                      lease->client == from.client && lease->ends > now;
  if (!has_it)
    table.assign(*lease, from.client, from.mac, dhcp_lease::state::offered, later(now, options_.offer));
  dhcp_answer offer = answer(from, type::offer);
  offer.address = lease->address;
  offer.lease = lease_time(from.options);
  return {verdict::taken, offer};
}

// A request that answers an offer (§4.3.2).
dhcp_server_core::outcome dhcp_server_core::select(const request& from, instant now) noexcept {
  dhcp_lease_table& table = tables_[from.network];
  dhcp_lease* lease = table.of(from.client);
  if (from.options.address(dhcp_option::server_identifier) != options_.address) {
    if (lease != nullptr && lease->is == dhcp_lease::state::offered) dhcp_lease_table::end(*lease);
    return {verdict::other_server};
  }
  const ipv4_address address = from.wanted.is_unspecified() ? from.message.client_address() : from.wanted;
  lease = table.at(address);
  if (lease == nullptr || !dhcp_lease_table::is_available(*lease, from.client, from.mac, now))
    return refuse(from);
  return grant(from, *lease, now);
}

// A request about an address that the client says it has: INIT-REBOOT, RENEWING or REBINDING.
dhcp_server_core::outcome dhcp_server_core::verify(const request& from, ipv4_address address,
                                                   instant now) noexcept {
  if (address.is_unspecified()) return {verdict::malformed};
  if (!options_.networks[from.network].network.contains(address)) return refuse(from);
  dhcp_lease_table& table = tables_[from.network];
  dhcp_lease* lease = table.at(address);
  const bool knows_it = lease != nullptr && lease->known && lease->client == from.client;
  if (!knows_it && !options_.authoritative) return {verdict::unknown};
  if (lease == nullptr || !dhcp_lease_table::is_available(*lease, from.client, from.mac, now))
    return refuse(from);
  return grant(from, *lease, now);
}

dhcp_server_core::outcome dhcp_server_core::grant(const request& from, dhcp_lease& lease,
                                                  instant now) noexcept {
  dhcp_answer ack = answer(from, type::ack);
  ack.address = lease.address;
  ack.lease = lease_time(from.options);
  tables_[from.network].assign(lease, from.client, from.mac, dhcp_lease::state::leased,
                               later(now, ack.lease));
  return {verdict::taken, ack};
}

// Broadcast: the client's address is wrong, so it cannot be reached there (§4.1).
dhcp_server_core::outcome dhcp_server_core::refuse(const request& from) const noexcept {
  dhcp_answer nak = answer(from, type::nak);
  if (from.message.relay().is_unspecified()) nak.to = {ipv4_address::broadcast(), dhcp_port::client};
  return {verdict::taken, nak};
}

dhcp_server_core::outcome dhcp_server_core::decline(const request& from, instant now) noexcept {
  dhcp_lease_table& table = tables_[from.network];
  dhcp_lease* lease = table.at(from.wanted);
  if (lease == nullptr || !lease->known || lease->client != from.client) return {verdict::unknown};
  table.decline(*lease, later(now, options_.quarantine));
  return {verdict::taken};
}

dhcp_server_core::outcome dhcp_server_core::release(const request& from, instant) noexcept {
  dhcp_lease* lease = tables_[from.network].at(from.message.client_address());
  if (lease == nullptr || !lease->known || lease->client != from.client) return {verdict::unknown};
  dhcp_lease_table::end(*lease);
  return {verdict::taken};
}

dhcp_server_core::outcome dhcp_server_core::inform(const request& from) noexcept {
  const ipv4_address client = from.message.client_address();
  if (!dhcp_options::can_be_host(client)) return {verdict::malformed};
  if (!options_.networks[from.network].network.contains(client)) return {verdict::no_network};
  dhcp_answer ack = answer(from, type::ack);
  ack.to = {client, dhcp_port::client};
  return {verdict::taken, ack};
}

// §4.1: to the relay, to the address that the client has, or to all. Only to networks that are served: a
// client's word must not send packets to strangers.
dhcp_answer dhcp_server_core::answer(const request& from, dhcp_message_type what) const noexcept {
  dhcp_answer made{.type = what, .network = from.network};
  if (!from.message.relay().is_unspecified())
    made.to = {from.message.relay(), dhcp_port::server};
  else if (network_of(from.message.client_address()))
    made.to = {from.message.client_address(), dhcp_port::client};
  else
    made.to = {ipv4_address::broadcast(), dhcp_port::client};
  return made;
}

duration dhcp_server_core::lease_time(const dhcp_options& options) const noexcept {
  const auto asked = options.number32(dhcp_option::lease_time);
  const duration wanted = asked ? duration(std::chrono::seconds(*asked)) : options_.lease;
  return std::min(options_.greatest_lease, std::max(options_.least_lease, wanted));
}

// ---- Writing ----

namespace {

[[nodiscard]] std::uint32_t whole_seconds(duration length) noexcept {
  return static_cast<std::uint32_t>(std::min<std::int64_t>(length / 1s, 0xffffffff));
}

void add_lease(dhcp_message_writer& to, duration lease) noexcept {
  to.add32(dhcp_option::lease_time, whole_seconds(lease));
  to.add32(dhcp_option::renewal_time, whole_seconds(lease / 2));
  to.add32(dhcp_option::rebinding_time, whole_seconds(lease / 8 * 7));
}

void add_network(dhcp_message_writer& to, const dhcp_network& network) noexcept {
  to.add(dhcp_option::subnet_mask, network.network.mask());
  to.add(dhcp_option::routers, network.routers);
  to.add(dhcp_option::name_servers, network.name_servers);
  if (!network.domain.empty()) to.add(dhcp_option::domain_name, network.domain);
  if (network.mtu != 0) to.add16(dhcp_option::interface_mtu, network.mtu);
  to.add(dhcp_option::time_servers, network.time_servers);
  if (network.routes.empty()) return;
  // Who understands these routes does not look at the routers (RFC 3442).
  dhcp_routes routes;
  for (const dhcp_route& each : network.routes)
    if (!routes.full()) routes.push_back(each);
  if (!network.routers.empty() && !routes.full()) routes.push_back({{}, network.routers.front()});
  to.add(routes);
}

/// Option 82 as it came, with its code and its length.
[[nodiscard]] cbytes relay_information(const dhcp_options& options, bytes room) noexcept {
  const auto value = options.find(dhcp_option::relay_information, room.subspan(2));
  if (!value || value->size() > most_relay_information - 2) return {};
  room[0] = std::byte{static_cast<std::uint8_t>(dhcp_option::relay_information)};
  room[1] = std::byte{static_cast<std::uint8_t>(value->size())};
  std::ranges::copy(*value, room.begin() + 2);
  return room.first(2 + value->size());
}

}  // namespace

std::size_t dhcp_server_core::emit(const dhcp_answer& answer, cbytes bytes_of_request,
                                   bytes to) const noexcept {
  const auto message = dhcp_message::of(bytes_of_request);
  require(message.has_value(), "an answer to a message that was not understood");
  const auto options = dhcp_options::of(*message);
  require(options.has_value(), "an answer to options that were not understood");
  const std::size_t asked = options->number16(dhcp_option::greatest_message).value_or(0);
  const std::size_t greatest =
      std::clamp(asked, least_greatest_message + ip_and_udp_headers, greatest_message + ip_and_udp_headers) -
      ip_and_udp_headers;

  const bool refusal = answer.type == type::nak;
  const bool relayed = !message->relay().is_unspecified();
  std::array<std::byte, most_relay_information> room_for_relay;
  std::array<std::byte, dhcp_options::greatest_value> room;
  dhcp_message_writer writer(
      to.first(greatest),
      {.operation = dhcp_operation::reply,
       .hardware_type = message->hardware_type(),
       .hardware_address = message->hardware_address(),
       .transaction = message->transaction(),
       .flags = refusal && relayed ? dhcp_message::broadcast_flag : message->flags(),
       .client_address = refusal || answer.type == type::offer ? ipv4_address() : message->client_address(),
       .your_address = answer.address,
       .relay = message->relay()},
      relay_information(*options, room_for_relay));
  writer.add(answer.type);
  writer.add(dhcp_option::server_identifier, options_.address);
  if (const auto identifier = options->find(dhcp_option::client_identifier, room))  // RFC 6842
    writer.add(dhcp_option::client_identifier, *identifier);
  if (refusal) return writer.finish();
  if (answer.lease != duration::zero()) add_lease(writer, answer.lease);
  add_network(writer, options_.networks[answer.network]);
  for (const dhcp_reservation& each : options_.reservations)
    if (each.address == answer.address && !each.host_name.empty())
      writer.add(dhcp_option::host_name, each.host_name);
  return writer.finish();
}

}  // namespace mirage
