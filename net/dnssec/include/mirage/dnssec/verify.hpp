// SPDX-License-Identifier: ISC
// One signature and one key: RSA with SHA-256 and SHA-512 (RFC 5702), ECDSA over P-256 and P-384 (RFC 6605),
// Ed25519 (RFC 8080); one DS record and one key (RFC 4034 §5.1.4, RFC 4509, RFC 6605 §2).
#pragma once

#include "mirage/dnssec/types.hpp"

namespace mirage::dnssec {

/// Whether `value` is the signature of the message by that key, of an algorithm that is supported. Takes up
/// to some milliseconds. RSA keys of more than 4096 bits, or with an exponent of more than 64, sign nothing.
[[nodiscard]] bool verify(algorithm made_with, cbytes key, cbytes message, cbytes value) noexcept;

/// Whether the DS record of the zone is of that key.
[[nodiscard]] bool matches(const delegation& trusted, dns::name_view zone, const public_key& key) noexcept;

}  // namespace mirage::dnssec
