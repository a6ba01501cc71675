// SPDX-License-Identifier: ISC
// The words for packets: `ipv4 10.0.0.2 > 10.0.0.1 ttl 1 / udp 5000 > 7 data "hello"`. README.md lists them.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "packet.hpp"
#include "words.hpp"

namespace mirage::scripts {

/// Layers up to the end of the line, with `/` between them.
packet read_packet(words& from);

/// `0x00ff`; nothing if it is not written so.
std::optional<std::string> bytes_of(std::string_view hexadecimal);

/// `data 100`: that many bytes of the alphabet, from a place in it.
std::string pattern(std::size_t size, std::size_t from = 0);

}  // namespace mirage::scripts
