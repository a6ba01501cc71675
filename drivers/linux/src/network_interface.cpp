// SPDX-License-Identifier: ISC
#include "network_interface.hpp"

#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>

#include "mirage/core/os.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage::detail {

namespace {

std::optional<ifreq> ask(std::string_view interface, unsigned long what) noexcept {
  ifreq request{};
  if (interface.empty() || interface.size() >= IFNAMSIZ) return std::nullopt;
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  const file_descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket || ::ioctl(socket.get(), what, &request) != 0) return std::nullopt;
  return request;
}

/// Features have numbers that change from kernel to kernel, and names that stay. These are ethtool_sset_info,
/// ethtool_gstrings and ethtool_gfeatures with room behind their heads.
constexpr std::size_t most_features = 256;
constexpr std::size_t features_a_block = 32;
struct feature_count {
  std::uint32_t command = ETHTOOL_GSSET_INFO;
  std::uint32_t reserved = 0;
  std::uint64_t sets = std::uint64_t{1} << ETH_SS_FEATURES;
  std::uint32_t count = 0;
};
struct feature_names {
  std::uint32_t command = ETHTOOL_GSTRINGS;
  std::uint32_t set = ETH_SS_FEATURES;
  std::uint32_t count = 0;
  std::array<std::array<char, ETH_GSTRING_LEN>, most_features> names{};
};
struct feature_bits {
  std::uint32_t command = ETHTOOL_GFEATURES;
  std::uint32_t blocks = most_features / features_a_block;
  std::array<ethtool_get_features_block, most_features / features_a_block> bits{};
};

template <class Answer>
bool ask_ethtool(int index, Answer& answer) noexcept {
  ifreq request{};
  if (::if_indextoname(static_cast<unsigned>(index), request.ifr_name) == nullptr) return false;
  request.ifr_data = static_cast<char*>(static_cast<void*>(&answer));
  const file_descriptor socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  return socket && ::ioctl(socket.get(), SIOCETHTOOL, &request) == 0;
}

}  // namespace

bool cuts_frames(int index) noexcept {
  constexpr std::array<std::string_view, 4> wanted{"tx-tcp-segmentation", "tx-tcp-ecn-segmentation",
                                                   "tx-tcp6-segmentation", "tx-udp-segmentation"};
  feature_count known;
  feature_names names;
  feature_bits has;
  // As many names come as the kernel knows; a new one wants to be told how many that are.
  if (!ask_ethtool(index, known) || known.sets == 0 || known.count > most_features) return false;
  names.count = known.count;
  if (!ask_ethtool(index, names) || !ask_ethtool(index, has)) return false;
  return std::ranges::all_of(wanted, [&](std::string_view name) {
    for (std::size_t i = 0; i < known.count; ++i) {
      const char* const text = names.names[i].data();
      if (std::string_view(text, ::strnlen(text, ETH_GSTRING_LEN)) != name) continue;
      return (has.bits[i / features_a_block].active >> i % features_a_block & 1) != 0;
    }
    return false;
  });
}

std::optional<std::uint32_t> mtu_of(std::string_view interface) noexcept {
  const auto answer = ask(interface, SIOCGIFMTU);
  if (!answer) return std::nullopt;
  return static_cast<std::uint32_t>(answer->ifr_mtu);
}

std::optional<int> index_of(std::string_view interface) noexcept {
  const auto answer = ask(interface, SIOCGIFINDEX);
  if (!answer) return std::nullopt;
  return answer->ifr_ifindex;
}

mac_address random_mac() noexcept {
  std::array<std::uint8_t, 6> octets{};
  os::random(std::as_writable_bytes(std::span(octets)));
  octets[0] = static_cast<std::uint8_t>((octets[0] & 0xfc) | 0x02);
  return mac_address(octets);
}

}  // namespace mirage::detail
