// SPDX-License-Identifier: ISC
// Who is on the wire of a script: the host, whose stack is tried, and its peer, which is the script.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

namespace mirage::scripts {

struct stations {
  std::string host_mac = "02:00:00:00:00:01";
  std::string host_ip = "10.0.0.1";
  unsigned prefix = 24;
  std::string peer_mac = "02:00:00:00:00:02";
  std::string peer_ip = "10.0.0.2";
  std::string host_ip6 = "2001:db8::1";
  std::string peer_ip6 = "2001:db8::2";
  std::string peer_link = "fe80::2";
};

/// What was learnt from the packets that the host has sent. In scripts the numbers of TCP begin at 0: this is
/// where they begin on the wire. The host's are learnt from its SYN; the peer's are near the end of the
/// range, so that every longer script wraps around.
struct learnt_numbers {
  static constexpr std::uint32_t peer_first = 0xfffff000;
  struct connection {
    std::uint32_t host_first = 0;
    std::uint32_t last_tsval = 0;  // of the host
  };
  /// By the host's port and the peer's.
  std::map<std::pair<unsigned, unsigned>, connection> connections;
  /// Of the last echo request.
  unsigned echo_id = 0;
  unsigned echo_seq = 0;
  /// From which the host connected last.
  unsigned connecting_port = 0;
  /// Addresses that the host has chosen, by their names in the script: `$link` is that of its link.
  std::map<std::string, std::string> names;
};

}  // namespace mirage::scripts
