// SPDX-License-Identifier: ISC
#include "mirage/dhcp/configuration.hpp"

#include <array>

namespace mirage {

namespace {

constexpr std::uint32_t infinite = 0xffffffff;
constexpr std::uint16_t least_mtu = 576;

[[nodiscard]] unsigned length_of_class(ipv4_address address) noexcept {
  if (address.octet(0) < 128) return 8;
  return address.octet(0) < 192 ? 16 : 24;
}

[[nodiscard]] std::optional<ipv4_prefix> read_address(ipv4_address ours,
                                                      const dhcp_options& options) noexcept {
  if (!dhcp_options::can_be_host(ours)) return std::nullopt;
  const auto mask = options.address(dhcp_option::subnet_mask);
  if (!mask) return ipv4_prefix(ours, length_of_class(ours));
  const auto address = ipv4_prefix::from_mask(ours, *mask);
  if (!address || address->length() == 0) return std::nullopt;
  const bool all_zeros = address->length() < 31 && address->network().address() == ours;
  if (all_zeros || address->broadcast() == ours) return std::nullopt;
  return address;
}

[[nodiscard]] duration seconds(std::uint32_t value) noexcept {
  return value == infinite ? duration::max() : duration(std::chrono::seconds(value));
}

void read_times(dhcp_configuration& to, const dhcp_options& options) noexcept {
  to.renew_after = to.rebind_after = duration::max();
  if (to.lease == duration::max()) return;
  const auto t1 = options.number32(dhcp_option::renewal_time);
  const auto t2 = options.number32(dhcp_option::rebinding_time);
  to.rebind_after = t2 ? seconds(*t2) : to.lease / 8 * 7;
  if (to.rebind_after >= to.lease || to.rebind_after <= duration::zero()) to.rebind_after = to.lease / 8 * 7;
  to.renew_after = t1 ? seconds(*t1) : to.lease / 2;
  if (to.renew_after >= to.rebind_after || to.renew_after <= duration::zero())
    to.renew_after = to.rebind_after / 7 * 4;
}

void read_routes(dhcp_routes& to, const dhcp_options& options) noexcept {
  std::array<std::byte, dhcp_options::greatest_value> room;
  const auto value = options.find(dhcp_option::classless_routes, room);
  if (value && read_classless_routes(*value, to)) return;
  to.clear();
  for (const ipv4_address router : options.addresses<4>(dhcp_option::routers)) to.push_back({{}, router});
}

void read_name(fixed_string<253>& to, const dhcp_options& options, dhcp_option code) noexcept {
  std::array<std::byte, dhcp_options::greatest_value> room;
  std::string_view text = options.text(code, room);
  if (!is_dhcp_name(text)) return;
  if (text.ends_with('.')) text.remove_suffix(1);
  to.assign(text);
}

}  // namespace

std::optional<dhcp_configuration> read_configuration(const dhcp_message& message, const dhcp_options& options,
                                                     duration least_lease) noexcept {
  const auto address = read_address(message.your_address(), options);
  const auto lease = options.number32(dhcp_option::lease_time);
  if (!address || !lease || seconds(*lease) < least_lease) return std::nullopt;
  dhcp_configuration made;
  made.address = *address;
  made.server = options.address(dhcp_option::server_identifier);
  made.lease = seconds(*lease);
  read_times(made, options);
  read_routes(made.routes, options);
  made.name_servers = options.addresses<dhcp_addresses::capacity()>(dhcp_option::name_servers);
  made.time_servers = options.addresses<dhcp_addresses::capacity()>(dhcp_option::time_servers);
  read_name(made.host_name, options, dhcp_option::host_name);
  read_name(made.domain, options, dhcp_option::domain_name);
  const auto mtu = options.number16(dhcp_option::interface_mtu);
  if (mtu && *mtu >= least_mtu) made.mtu = *mtu;
  return made;
}

}  // namespace mirage
