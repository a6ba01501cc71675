// SPDX-License-Identifier: ISC
#include "ed25519.hpp"

#include <sodium.h>

namespace mirage::dnssec {

namespace {

const unsigned char* octets_of(cbytes from) noexcept {
  return static_cast<const unsigned char*>(static_cast<const void*>(from.data()));
}

}  // namespace

bool verify_ed25519(cbytes key, cbytes message, cbytes value) noexcept {
  if (key.size() != crypto_sign_ed25519_PUBLICKEYBYTES || value.size() != crypto_sign_ed25519_BYTES)
    return false;
  return crypto_sign_ed25519_verify_detached(octets_of(value), octets_of(message), message.size(),
                                             octets_of(key)) == 0;
}

}  // namespace mirage::dnssec

// What the library's Ed25519 needs of its file of utilities. With that file would come the choice among its
// other algorithms, and files, locks and a random generator of an operating system: 200 KB in place of 80.
extern "C" {

void sodium_memzero(void* const at, const size_t size) {
  volatile unsigned char* const octets = static_cast<unsigned char*>(at);
  for (size_t i = 0; i < size; ++i) octets[i] = 0;
}

int sodium_memcmp(const void* const a, const void* const b, const size_t size) {
  const auto* const one = static_cast<const unsigned char*>(a);
  const auto* const other = static_cast<const unsigned char*>(b);
  unsigned differing = 0;
  for (size_t i = 0; i < size; ++i) differing |= static_cast<unsigned>(one[i] ^ other[i]);
  return differing == 0 ? 0 : -1;
}

int sodium_is_zero(const unsigned char* const at, const size_t size) {
  unsigned bits = 0;
  for (size_t i = 0; i < size; ++i) bits |= at[i];
  return bits == 0 ? 1 : 0;
}
}
