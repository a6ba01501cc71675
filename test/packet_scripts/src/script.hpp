// SPDX-License-Identifier: ISC
// A script: who is on the wire, and then, line by line, what comes to the host, what it must send, and what
// its application does. README.md describes the format.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/time.hpp"
#include "packet.hpp"
#include "stations.hpp"
#include "words.hpp"

namespace mirage::scripts {

struct setting {
  stations who;
  std::vector<std::string> addresses;  // besides, with their networks
  std::vector<std::string> groups;
  std::string gateway;
  unsigned mtu = 1500;
  bool arp_by_hand = false;      // else the runner answers for the peer, and ARP is not seen
  bool probe = false;            // the host's address is probed before it is used
  std::vector<std::string> tcp;  // options: "no-sack"

  // ---- IPv6 ----
  bool ipv6 = false;       // the host speaks it
  bool link_only = false;  // it has no address but that of the link
  unsigned prefix6 = 64;   // of its address
  std::string gateway6;
  bool boot = false;            // it starts with the script, else before it
  unsigned detections = 1;      // of its addresses
  bool router = false;          // it listens to routers; the peer is one, unless it starts with the script
  bool router_by_hand = false;  // it is seen how it asks for them
  // Else the runner answers for every neighbour, and solicitations are not seen.
  bool neighbours_by_hand = false;
  bool groups_by_hand = false;  // it is seen how it reports its groups
};

/// From one time to another, since the step before, or since the beginning.
struct moment {
  bool since_last = true;
  duration from{};
  duration to{};
};

struct step {
  enum class kind { receives, sends, quiet, does } what;  // the host
  std::size_t line;
  std::string text;
  moment when;
  packet carried;
  words command;
};

struct script {
  setting on;
  std::vector<step> steps;
};

/// Throws `mistake`.
script read_script(std::string_view text);

}  // namespace mirage::scripts
