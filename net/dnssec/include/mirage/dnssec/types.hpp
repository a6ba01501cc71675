// SPDX-License-Identifier: ISC
// The data of the records of DNSSEC, RFC 4034, as views over it; the bytes must outlive them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dnssec {

/// Those that are implemented (RFC 8624 §3.1). A zone that is signed with others only counts as unsigned.
enum class algorithm : std::uint8_t {
  rsa_sha256 = 8,
  rsa_sha512 = 10,
  ecdsa_p256 = 13,
  ecdsa_p384 = 14,
  ed25519 = 15
};
[[nodiscard]] bool is_supported(algorithm value) noexcept;

/// Those that are implemented. SHA-1 is not: nobody must rely on it any more (RFC 9905).
enum class digest : std::uint8_t { sha256 = 2, sha384 = 4 };
[[nodiscard]] bool is_supported(digest value) noexcept;

/// The records of one name and type: the data of each with its length in two bytes in front.
struct record_set_view {
  dns::name_view owner{};
  dns::record_type type{};
  cbytes data{};
};
/// `visit(cbytes rdata)` for each of the records.
template <class Visit>
void for_each_record(cbytes data, Visit visit) {
  while (data.size() >= 2) {
    const std::size_t size = load_be16(data.data());
    visit(data.subspan(2, size));
    data = data.subspan(2 + size);
  }
}

/// An RRSIG record, §3.1.
struct signature {
  dns::record_type covered{};
  algorithm made_with{};
  std::uint8_t labels = 0;  ///< of the owner, without a wildcard's `*`
  std::uint32_t ttl = 0;    ///< of the records as the zone has them
  std::uint32_t expiration = 0;
  std::uint32_t inception = 0;  ///< both in seconds since 1970, in serial number arithmetic (RFC 1982)
  std::uint16_t key_tag = 0;
  dns::name_view signer{};
  cbytes fixed{};  ///< all before the signer's name
  cbytes value{};

  [[nodiscard]] static std::optional<signature> read(cbytes rdata) noexcept;
};

/// A DNSKEY record, §2.1.
struct public_key {
  algorithm made_for{};
  std::uint16_t tag = 0;  ///< appendix B; several keys may share one
  cbytes rdata{};
  cbytes value{};

  /// Nothing where it is no zone key, is revoked (RFC 5011 §2.1) or of another protocol.
  [[nodiscard]] static std::optional<public_key> read(cbytes rdata) noexcept;
};

/// A DS record, §5.1.
struct delegation {
  std::uint16_t key_tag = 0;
  algorithm made_for{};
  digest kind{};
  cbytes value{};

  [[nodiscard]] static std::optional<delegation> read(cbytes rdata) noexcept;
};

}  // namespace mirage::dnssec
