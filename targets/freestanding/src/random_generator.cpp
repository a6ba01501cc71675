// SPDX-License-Identifier: ISC
#include "mirage/freestanding/random_generator.hpp"

#include <bearssl.h>

#include <algorithm>
#include <cstring>

namespace mirage::freestanding {

void random_generator::refill() noexcept {
  // A key is used for one run, so the nonce and the counter may be the same for all.
  constexpr std::array<std::byte, 12> nonce{};
  made_.fill(std::byte{0});
  br_chacha20_ct_run(key_.data(), nonce.data(), 0, made_.data(), made_.size());
  std::memcpy(key_.data(), made_.data(), key_.size());
  std::memset(made_.data(), 0, key_.size());
  given_ = key_.size();
}

void random_generator::fill(bytes out) noexcept {
  while (!out.empty()) {
    if (given_ == made_.size()) refill();
    const std::size_t part = std::min(out.size(), made_.size() - given_);
    std::memcpy(out.data(), made_.data() + given_, part);
    std::memset(made_.data() + given_, 0, part);
    given_ += part;
    out = out.subspan(part);
  }
}

void random_generator::mix(cbytes entropy) noexcept {
  sha256 both;
  both.update(key_);
  both.update(entropy);
  key_ = both.finish();
  given_ = made_.size();
}

}  // namespace mirage::freestanding
