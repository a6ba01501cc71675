// SPDX-License-Identifier: ISC
// Names in a case of letters that nobody can foretell, for questions: an answer repeats it, so whoever forges
// one must guess it, too (draft-vixie-dnsext-dns0x20).
#pragma once

#include <cstdint>

#include "mirage/dns/name.hpp"

namespace mirage::dns {

/// Each letter's case by a bit that `random` makes.
[[nodiscard]] name in_random_case(name_view of, std::uint64_t random) noexcept;

/// Equal octet by octet: also in the case of their letters.
[[nodiscard]] bool is_same_case(name_view a, name_view b) noexcept;

}  // namespace mirage::dns
