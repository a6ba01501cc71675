// SPDX-License-Identifier: ISC
// ELF files: what is accepted lies inside of the file and of the memory, and no segment is writable code.
// covers: src/image.cpp
#include "../src/image.hpp"

#include <cstdint>
#include <cstdlib>
#include <span>

using namespace mirage;
using namespace mirage::tender;

namespace {

constexpr std::uint64_t memory = 16 << 20;

void check(bool holds) {
  if (!holds) std::abort();
}

bool lies_in(cbytes part, cbytes whole) {
  return part.empty() ||
         (part.data() >= whole.data() && part.data() + part.size() <= whole.data() + whole.size());
}

void check_image(const unikernel_image& image, cbytes file) {
  std::uint64_t last = 0x100000;
  for (const segment& each : image.segments) {
    check(each.address / 4096 * 4096 >= last && each.size <= memory && each.address <= memory - each.size);
    check(each.content.size() <= each.size && lies_in(each.content, file));
    check(!each.writable || !each.executable);
    last = (each.address + each.size + 4095) / 4096 * 4096;
  }
  check(image.end == last);
  check(lies_in(image.manifest, file) && image.manifest.size() == solo5::manifest_size(image.entries));
  check(solo5::check_manifest(image.manifest) == image.entries);
#if defined(MIRAGE_PLANTED_BUG)
  check(image.entries != 2);
#endif
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const cbytes file = std::as_bytes(std::span(data, size));
  if (const auto image = read_image(file, memory)) check_image(*image, file);
  return 0;
}
