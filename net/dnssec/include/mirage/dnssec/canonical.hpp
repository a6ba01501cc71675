// SPDX-License-Identifier: ISC
// Records in the form in which they are signed: RFC 4034 §3.1.8.1 and §6, RFC 6840 §5.1.
#pragma once

#include <cstddef>
#include <vector>

#include "mirage/dnssec/types.hpp"

namespace mirage::dnssec {

/// What the signature is over. The data must be valid for its type. Empty where the signature says of more
/// labels than the owner has.
[[nodiscard]] std::vector<std::byte> signed_data(const signature& by, const record_set_view& records);

}  // namespace mirage::dnssec
