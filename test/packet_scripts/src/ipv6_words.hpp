// SPDX-License-Identifier: ISC
// Addresses of IPv6 in scripts: their text, their bytes, and who speaks to whom where a script does not say.
#pragma once

#include <string>
#include <string_view>

#include "mirage/core/address.hpp"
#include "packet.hpp"
#include "stations.hpp"

namespace mirage::scripts {

[[nodiscard]] std::string text_of(const ipv6_address& address);
[[nodiscard]] std::string ip6_text(std::string_view wire);
/// 16 bytes; of a text that is none, zeros.
[[nodiscard]] std::string ip6_bytes(const std::string& text);
[[nodiscard]] bool is_group(const std::string& text);
/// RFC 4291 §2.7.1: the group of all who have an address with these last bits.
[[nodiscard]] std::string solicited_node_of(const std::string& text);
/// RFC 2464 §7.
[[nodiscard]] std::string station_of_group(const std::string& text);

/// Between the IPv6 header and the upper layer.
[[nodiscard]] bool is_extension(const layer& one);
/// The number that the header before `one` announces it by; 59, no next header, without a layer.
[[nodiscard]] unsigned long next_header_of(const layer* one);
/// The layer behind all extension headers of the IPv6 header at `at`; null if there is none.
[[nodiscard]] const layer* upper_layer_of(const packet& all, std::size_t at);

struct ip6_ends {
  std::string source;
  std::string destination;
  unsigned hops;
};
/// What the header at `at` says if the script does not: neighbours and listeners speak from addresses of the
/// link, everybody else from those of the stations. `outward`: the host sends it.
[[nodiscard]] ip6_ends usual_ends(const packet& all, std::size_t at, bool outward, const stations& who,
                                  const learnt_numbers& numbers);

}  // namespace mirage::scripts
