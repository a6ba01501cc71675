// SPDX-License-Identifier: ISC
#include "mirage/dnssec/types.hpp"

namespace mirage::dnssec {

namespace {

constexpr std::size_t signature_fixed_size = 18;
constexpr std::uint16_t zone_key = 0x0100;
constexpr std::uint16_t revoked = 0x0080;

std::uint16_t tag_of(cbytes rdata) noexcept {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < rdata.size(); ++i)
    sum += static_cast<std::uint32_t>(rdata[i]) << (i % 2 == 0 ? 8 : 0);
  return static_cast<std::uint16_t>(sum + (sum >> 16));
}

}  // namespace

bool is_supported(algorithm value) noexcept {
  switch (value) {
    case algorithm::rsa_sha256:
    case algorithm::rsa_sha512:
    case algorithm::ecdsa_p256:
    case algorithm::ecdsa_p384:
    case algorithm::ed25519: return true;
  }
  return false;
}

bool is_supported(digest value) noexcept { return value == digest::sha256 || value == digest::sha384; }

std::optional<signature> signature::read(cbytes rdata) noexcept {
  if (rdata.size() < signature_fixed_size) return std::nullopt;
  const auto signer = dns::name_view::front_of(rdata.subspan(signature_fixed_size));
  if (!signer) return std::nullopt;
  const std::byte* const at = rdata.data();
  return signature{.covered = static_cast<dns::record_type>(load_be16(at)),
                   .made_with = static_cast<algorithm>(at[2]),
                   .labels = static_cast<std::uint8_t>(at[3]),
                   .ttl = load_be32(at + 4),
                   .expiration = load_be32(at + 8),
                   .inception = load_be32(at + 12),
                   .key_tag = load_be16(at + 16),
                   .signer = *signer,
                   .fixed = rdata.first(signature_fixed_size),
                   .value = rdata.subspan(signature_fixed_size + signer->size())};
}

std::optional<public_key> public_key::read(cbytes rdata) noexcept {
  constexpr std::byte dnssec_protocol{3};
  if (rdata.size() < 4 || rdata[2] != dnssec_protocol) return std::nullopt;
  const std::uint16_t flags = load_be16(rdata.data());
  if ((flags & zone_key) == 0 || (flags & revoked) != 0) return std::nullopt;
  return public_key{.made_for = static_cast<algorithm>(rdata[3]),
                    .tag = tag_of(rdata),
                    .rdata = rdata,
                    .value = rdata.subspan(4)};
}

std::optional<delegation> delegation::read(cbytes rdata) noexcept {
  if (rdata.size() < 4) return std::nullopt;
  return delegation{.key_tag = load_be16(rdata.data()),
                    .made_for = static_cast<algorithm>(rdata[2]),
                    .kind = static_cast<digest>(rdata[3]),
                    .value = rdata.subspan(4)};
}

}  // namespace mirage::dnssec
