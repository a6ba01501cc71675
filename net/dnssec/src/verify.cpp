// SPDX-License-Identifier: ISC
#include "mirage/dnssec/verify.hpp"

#include <bearssl.h>

#include <algorithm>
#include <array>

#include "ed25519.hpp"

namespace mirage::dnssec {

namespace {

constexpr std::size_t longest_hash = 64;

/// The hash of one or two pieces.
struct hash_value {
  hash_value(const br_hash_class& kind, cbytes first, cbytes second = {}) noexcept
      : size(kind.desc >> BR_HASHDESC_OUT_OFF & BR_HASHDESC_OUT_MASK) {
    br_hash_compat_context context{};
    kind.init(&context.vtable);
    kind.update(&context.vtable, first.data(), first.size());
    kind.update(&context.vtable, second.data(), second.size());
    kind.out(&context.vtable, octets.data());
  }
  [[nodiscard]] cbytes view() const noexcept { return cbytes(octets).first(size); }

  std::array<std::byte, longest_hash> octets{};
  std::size_t size;
};

unsigned char* octets_of(bytes from) noexcept {
  return static_cast<unsigned char*>(static_cast<void*>(from.data()));
}
const unsigned char* octets_of(cbytes from) noexcept {
  return static_cast<const unsigned char*>(static_cast<const void*>(from.data()));
}

/// RFC 3110 §2: the exponent with its length in one byte, or in three, and then the modulus.
bool verify_rsa(const br_hash_class& kind, const unsigned char* hash_name, cbytes key, cbytes message,
                cbytes value) noexcept {
  constexpr std::size_t longest_exponent = 8;
  constexpr std::size_t longest_modulus = 512;
  if (key.size() < 3) return false;
  auto exponent_size = static_cast<std::size_t>(key[0]);
  const std::size_t front = exponent_size != 0 ? 1 : 3;
  if (exponent_size == 0) exponent_size = load_be16(key.data() + 1);
  key = key.subspan(front);
  if (exponent_size == 0 || exponent_size > longest_exponent || exponent_size >= key.size()) return false;
  std::array<std::byte, longest_exponent> exponent{};
  std::ranges::copy(key.first(exponent_size), exponent.begin());
  std::array<std::byte, longest_modulus> modulus{};
  const std::size_t modulus_size = key.size() - exponent_size;
  if (modulus_size > longest_modulus) return false;
  std::ranges::copy(key.subspan(exponent_size), modulus.begin());
  const br_rsa_public_key prepared{octets_of(bytes(modulus)), modulus_size, octets_of(bytes(exponent)),
                                   exponent_size};
  const hash_value expected(kind, message);
  std::array<std::byte, longest_hash> found{};
  const auto is_whole = br_rsa_i31_pkcs1_vrfy(octets_of(value), value.size(), hash_name, expected.size,
                                              &prepared, octets_of(bytes(found)));
  return is_whole == 1 && std::ranges::equal(cbytes(found).first(expected.size), expected.view());
}

/// RFC 6605 §4: the point without the octet that says that it is not compressed.
bool verify_ecdsa(const br_ec_impl& implementation, int curve, std::size_t size, const br_hash_class& kind,
                  cbytes key, cbytes message, cbytes value) noexcept {
  constexpr std::byte uncompressed{4};
  if (key.size() != 2 * size || value.size() != 2 * size) return false;
  std::array<std::byte, 97> point{};
  point[0] = uncompressed;
  std::ranges::copy(key, point.begin() + 1);
  const br_ec_public_key prepared{curve, octets_of(bytes(point)), 1 + key.size()};
  const hash_value hash(kind, message);
  return br_ecdsa_i31_vrfy_raw(&implementation, octets_of(hash.view()), hash.size, &prepared,
                               octets_of(value), value.size()) == 1;
}

}  // namespace

bool verify(algorithm made_with, cbytes key, cbytes message, cbytes value) noexcept {
  switch (made_with) {
    case algorithm::rsa_sha256: return verify_rsa(br_sha256_vtable, BR_HASH_OID_SHA256, key, message, value);
    case algorithm::rsa_sha512: return verify_rsa(br_sha512_vtable, BR_HASH_OID_SHA512, key, message, value);
    case algorithm::ecdsa_p256:
      return verify_ecdsa(br_ec_p256_m31, BR_EC_secp256r1, 32, br_sha256_vtable, key, message, value);
    case algorithm::ecdsa_p384:
      return verify_ecdsa(br_ec_prime_i31, BR_EC_secp384r1, 48, br_sha384_vtable, key, message, value);
    case algorithm::ed25519: return verify_ed25519(key, message, value);
  }
  return false;
}

bool matches(const delegation& trusted, dns::name_view zone, const public_key& key) noexcept {
  if (trusted.key_tag != key.tag || trusted.made_for != key.made_for || !is_supported(trusted.kind))
    return false;
  dns::name owner(zone);
  owner.lower();
  const br_hash_class& kind = trusted.kind == digest::sha256 ? br_sha256_vtable : br_sha384_vtable;
  const hash_value found(kind, owner.view().wire(), key.rdata);
  return std::ranges::equal(found.view(), trusted.value);
}

}  // namespace mirage::dnssec
