// SPDX-License-Identifier: ISC
// A server that has nothing to do with other servers.
#pragma once

#include "mirage/dns/query.hpp"
#include "mirage/dns_server/peer_responder.hpp"
#include "mirage/dns_server/responder.hpp"

namespace mirage::dns {

/// In the place of `peer_responder`: zones are refused, notifications are not implemented, and signatures are
/// not looked at. Nothing of them is in the image.
struct no_peers {
  struct transfer {};

  no_peers(const responder&, const peer_options&) noexcept {}
  [[nodiscard]] static constexpr bool takes(const query&) noexcept { return false; }
};

}  // namespace mirage::dns
