// SPDX-License-Identifier: ISC
#include "mirage/dns/framed_input.hpp"

#include <algorithm>

#include "mirage/core/endian.hpp"

namespace mirage::dns {

bool framed_input::add(buffer&& part) noexcept {
  if (held_.empty()) {
    held_ = std::move(part);
    return true;
  }
  const std::size_t before = held_.size();
  const std::size_t size = before + part.size();
  if (!held_.unique() || held_.capacity() < size) {
    // Room for the whole message at once: whoever sends it octet by octet must not have it copied each time.
    const std::size_t whole = before >= 2 ? 2 + std::size_t{load_be16(held_.data())} : 2;
    buffer larger = buffer::allocate(std::max(whole, size));
    if (!larger) return false;
    larger.resize(before);
    std::ranges::copy(held_.view(), larger.writable().begin());
    held_ = std::move(larger);
  }
  held_.resize(size);
  std::ranges::copy(part.view(), held_.writable().begin() + static_cast<std::ptrdiff_t>(before));
  return true;
}

std::optional<cbytes> framed_input::next() noexcept {
  if (held_.size() < 2) return std::nullopt;
  const std::size_t size = load_be16(held_.data());
  if (held_.size() < 2 + size) return std::nullopt;
  const cbytes message = held_.view().subspan(2, size);
  held_.drop_front(2 + size);
  return message;
}

}  // namespace mirage::dns
