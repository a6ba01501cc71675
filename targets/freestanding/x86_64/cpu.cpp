// SPDX-License-Identifier: ISC
#include "mirage/freestanding/x86_64/cpu.hpp"

#include <algorithm>
#include <cstring>

namespace mirage::freestanding::cpu {

namespace {

// Intel's advice: ten attempts, and then the generator is broken (SDM volume 1, §7.3.17).
bool random_word(std::uint64_t& word) noexcept {
  for (unsigned attempts = 0; attempts < 10; ++attempts) {
    bool made = false;
    asm volatile("rdrand %0" : "=r"(word), "=@ccc"(made));
    if (made) return true;
  }
  return false;
}

}  // namespace

bool random(std::byte* out, std::size_t size) noexcept {
  constexpr std::uint32_t has_rdrand = 1U << 30;
  if ((cpuid(1).ecx & has_rdrand) == 0) return false;
  while (size > 0) {
    std::uint64_t word = 0;
    if (!random_word(word)) return false;
    const std::size_t part = std::min(size, sizeof word);
    std::memcpy(out, &word, part);
    out += part;
    size -= part;
  }
  return true;
}

}  // namespace mirage::freestanding::cpu
