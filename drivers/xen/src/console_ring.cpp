// SPDX-License-Identifier: ISC
#include "mirage/xen/console_ring.hpp"

#include <algorithm>
#include <atomic>

namespace mirage::xen {

namespace {

std::uint32_t read(std::uint32_t& index) noexcept {
  return std::atomic_ref<std::uint32_t>(index).load(std::memory_order_acquire);
}
void write(std::uint32_t& index, std::uint32_t value) noexcept {
  std::atomic_ref<std::uint32_t>(index).store(value, std::memory_order_release);
}

}  // namespace

std::size_t console_ring::put(std::string_view text) noexcept {
  constexpr std::uint32_t size = console_interface::out_size;
  std::uint32_t next = page_.out_prod;
  const std::uint32_t used = next - read(page_.out_cons);
  std::uint32_t room = used <= size ? size - used : 0;
  std::size_t taken = 0;
  const auto add = [&](char character) {
    page_.out[next++ % size] = character;
    --room;
  };
  for (const char character : text) {
    if (room < (character == '\n' ? 2U : 1U)) break;
    if (character == '\n') add('\r');
    add(character);
    ++taken;
  }
  write(page_.out_prod, next);
  return taken;
}

std::size_t console_ring::take(bytes out) noexcept {
  constexpr std::uint32_t size = console_interface::in_size;
  std::uint32_t next = page_.in_cons;
  const std::uint32_t there = read(page_.in_prod) - next;
  const std::size_t count = there <= size ? std::min<std::size_t>(there, out.size()) : 0;
  for (std::byte& place : out.first(count)) place = static_cast<std::byte>(page_.in[next++ % size]);
  write(page_.in_cons, next);
  return count;
}

bool console_ring::is_shown() const noexcept { return read(page_.out_cons) == page_.out_prod; }
std::uint32_t console_ring::progress() const noexcept { return read(page_.out_cons); }

}  // namespace mirage::xen
