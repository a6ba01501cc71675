// SPDX-License-Identifier: ISC
// Every kind of address: MAC, IPv4, IPv6, either of the two, prefixes of them, and an address with a port.
//
// All are small values, ordered and hashable, with the same surface:
//   ipv4_address a{"10.0.0.2"};                   a literal, checked while compiling
//   auto b = ipv4_address::parse(text);           strict; nothing for what is not exactly an address
//   format_to(out, "{}", a);                      the canonical text, which parses back to the same value
//   ipv4_address::load(p), a.store(p)             network byte order, at any alignment
//   a.hash(seed)                                  for tables; with a random seed where strangers choose the
//   keys
#pragma once

#include "mirage/core/endpoint.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/ip_prefix.hpp"
#include "mirage/core/mac_address.hpp"
