// SPDX-License-Identifier: ISC
// Packets of scripts as bytes, and back. Written apart from the stack that it tries: what both got wrong in
// the same way would not be found.
#pragma once

#include <string>

#include "packet.hpp"
#include "stations.hpp"

namespace mirage::scripts {

/// With every `same`, and every name, replaced by what was learnt.
packet resolved(packet what, const learnt_numbers& numbers);

/// What the peer sends. What is left out has its usual value: from the peer to the host, lengths and
/// checksums right.
std::string encode(const packet& what, const stations& who, const learnt_numbers& numbers);

/// What came from the host, as far as it can be understood. Every field is there; checksums are `ok`, `bad`
/// or `none`.
packet decode(const std::string& frame, learnt_numbers& numbers);

/// The bytes behind the layer at `at`, as the host would send them; for `piece`.
std::string encode_behind(const packet& what, std::size_t at, const stations& who,
                          const learnt_numbers& numbers);

}  // namespace mirage::scripts
