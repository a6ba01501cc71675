// SPDX-License-Identifier: ISC
// Ed25519, RFC 8032 §5.1.7, of libsodium.
#pragma once

#include "mirage/core/bytes.hpp"

namespace mirage::dnssec {

[[nodiscard]] bool verify_ed25519(cbytes key, cbytes message, cbytes value) noexcept;

}  // namespace mirage::dnssec
