// SPDX-License-Identifier: ISC
#include "mirage/dhcp6/configuration.hpp"

#include <algorithm>

namespace mirage {

namespace {

constexpr std::size_t association_header = 12;
constexpr std::size_t address_header = 24;
constexpr duration least_refresh = 600s;  // IRT_MINIMUM of RFC 8415 §7.6

[[nodiscard]] duration seconds(std::uint32_t value) noexcept {
  return value == 0xffffffff ? duration::max() : duration(std::chrono::seconds(value));
}

[[nodiscard]] bool can_be_host(ipv6_address address) noexcept {
  return !address.is_unspecified() && !address.is_loopback() && !address.is_multicast() &&
         !address.is_v4_mapped();
}

template <std::size_t Capacity>
void read_addresses(inline_vector<ipv6_address, Capacity>& to, std::optional<cbytes> value) noexcept {
  if (!value || value->size() % ipv6_address::size != 0) return;
  for (std::size_t at = 0; at < value->size() && !to.full(); at += ipv6_address::size)
    if (const auto each = ipv6_address::load(value->data() + at); can_be_host(each)) to.push_back(each);
}

// RFC 8415 §21.6: an address whose preferred time is longer than its valid one is ignored.
void read_address(dhcp6_addresses& to, cbytes value) noexcept {
  if (value.size() < address_header || to.full()) return;
  const dhcp6_address made{ipv6_address::load(value.data()), seconds(load_be32(&value[16])),
                           seconds(load_be32(&value[20]))};
  if (!can_be_host(made.address) || made.address.is_link_local()) return;
  if (made.valid == duration::zero() || made.preferred > made.valid) return;
  const cbytes inner = value.subspan(address_header);
  if (!dhcp6_options::are_well_formed(inner) || status_of(inner) != dhcp6_status::success) return;
  to.push_back(made);
}

// §14.2: where the server leaves it to us, a half and four fifths of the shortest preferred time.
void read_times(dhcp6_association& to, duration t1, duration t2) noexcept {
  duration shortest = duration::max();
  for (const dhcp6_address& each : to.addresses)
    if (each.preferred > duration::zero()) shortest = std::min(shortest, each.preferred);
  const auto part = [&](std::int64_t fifths) {
    return shortest == duration::max() ? duration::max() : shortest / 10 * fifths;
  };
  to.rebind_after = t2 > duration::zero() ? t2 : part(8);
  to.renew_after = t1 > duration::zero() ? t1 : std::min(part(5), to.rebind_after);
  // A server must not make us ask without a pause.
  constexpr duration least = 10s;
  to.renew_after = std::max(to.renew_after, least);
  to.rebind_after = std::max(to.rebind_after, to.renew_after);
}

}  // namespace

dhcp6_association read_association(const dhcp6_message& message, std::uint32_t identity) noexcept {
  dhcp6_association made;
  dhcp6_options reader(message.options());
  while (const auto each = reader.next()) {
    if (each->code != dhcp6_option::addresses || each->value.size() < association_header) continue;
    const cbytes value = each->value;
    if (load_be32(value.data()) != identity) continue;
    const duration t1 = seconds(load_be32(&value[4]));
    const duration t2 = seconds(load_be32(&value[8]));
    const cbytes inner = value.subspan(association_header);
    // §21.4: T1 behind T2 makes it invalid.
    if (!dhcp6_options::are_well_formed(inner) || (t2 > duration::zero() && t1 > t2)) return {};
    made.there = true;
    made.status = status_of(inner);
    dhcp6_options addresses(inner);
    while (const auto one = addresses.next())
      if (one->code == dhcp6_option::address) read_address(made.addresses, one->value);
    read_times(made, t1, t2);
    return made;
  }
  return made;
}

dhcp6_configuration read_configuration(const dhcp6_message& message) noexcept {
  dhcp6_configuration made;
  read_addresses(made.name_servers, message.find(dhcp6_option::name_servers));
  read_addresses(made.time_servers, message.find(dhcp6_option::time_servers));
  const auto refresh = message.find(dhcp6_option::refresh_time);
  if (refresh && refresh->size() == 4)
    made.refresh_after = std::max(seconds(load_be32(refresh->data())), least_refresh);
  return made;
}

}  // namespace mirage
