// SPDX-License-Identifier: ISC
#include "mirage/keyed_hash.hpp"

#include <bearssl.h>

#include <new>

#include "mirage/core/endian.hpp"
#include "mirage/core/os.hpp"

namespace mirage {

namespace {

const br_hmac_key_context& prepared(const std::byte* state) noexcept {
  return *std::launder(static_cast<const br_hmac_key_context*>(static_cast<const void*>(state)));
}

// The compiler must not leave it out, though nobody reads it any more.
void wipe(void* memory, std::size_t size) noexcept {
  volatile unsigned char* at = static_cast<unsigned char*>(memory);
  for (std::size_t i = 0; i < size; ++i) at[i] = 0;
}

}  // namespace

keyed_hash::keyed_hash() noexcept {
  key secret;
  os::random(secret);
  set(secret);
  wipe(secret.data(), secret.size());
}

keyed_hash::keyed_hash(const key& secret) noexcept { set(secret); }

void keyed_hash::set(const key& secret) noexcept {
  static_assert(sizeof(br_hmac_key_context) <= state_size && alignof(br_hmac_key_context) <= 8);
  auto* made = ::new (static_cast<void*>(state_.data())) br_hmac_key_context;
  br_hmac_key_init(made, &br_sha256_vtable, secret.data(), secret.size());
}

keyed_hash::~keyed_hash() { wipe(state_.data(), state_.size()); }

std::uint64_t keyed_hash::of(cbytes message) const noexcept {
  br_hmac_context work;
  br_hmac_init(&work, &prepared(state_.data()), 0);
  br_hmac_update(&work, message.data(), message.size());
  std::array<std::byte, 32> digest;
  br_hmac_out(&work, digest.data());
  return load_be64(digest.data());
}

std::uint64_t keyed_hash::of(const endpoint& one, const endpoint& other,
                             std::uint64_t purpose) const noexcept {
  std::array<std::byte, 44> message;
  one.address.as_v6().store(message.data());
  other.address.as_v6().store(message.data() + 16);
  store_be16(message.data() + 32, one.port);
  store_be16(message.data() + 34, other.port);
  store_be64(message.data() + 36, purpose);
  return of(message);
}

}  // namespace mirage
