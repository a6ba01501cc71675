// SPDX-License-Identifier: ISC
// Messages of neighbour discovery (RFC 4861 §4, RFC 8106 §5.1) and of listener discovery (RFC 3810 §5).
#pragma once

#include <string>

#include "packet.hpp"
#include "stations.hpp"

namespace mirage::scripts {

/// The layers of the message that begins at `at`, its options or records with it. The checksum is left zero.
[[nodiscard]] std::string encode_discovery(const packet& all, std::size_t at, const stations& who);

/// What the host sends: solicitations, a neighbour's advertisement, a report; false for other messages, and
/// for those that are cut off. Their layers are added.
bool decode_discovery(std::string_view message, packet& to);

}  // namespace mirage::scripts
