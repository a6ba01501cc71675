// SPDX-License-Identifier: ISC
#include "mirage/dns_zones.hpp"

#include "mirage/core/endian.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t length_size = 4;

}  // namespace

std::unique_ptr<const zone> compiled_zones::next() {
  if (rest_.size() < length_size) return nullptr;
  const std::size_t size = load_le32(rest_.data());
  if (size > rest_.size() - length_size) return nullptr;
  auto made = zone::open(rest_.subspan(length_size, size));
  if (made) rest_ = rest_.subspan(length_size + size);
  return made;
}

void compiled_zones::append(std::vector<std::byte>& to, const zone& added) {
  const cbytes block = added.block();
  to.resize(to.size() + length_size);
  store_le32(to.data() + to.size() - length_size, static_cast<std::uint32_t>(block.size()));
  to.insert(to.end(), block.begin(), block.end());
}

}  // namespace mirage::dns
