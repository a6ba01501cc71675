// SPDX-License-Identifier: ISC
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string_view>

#include <mirage/core/endian.hpp>
#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source lottery_log{"lottery"};

// A slot is one sector: magic, version, best ticket, checksum of those three; zeros behind.
struct slot_layout {
  static constexpr std::uint32_t magic = 0x4c4f5454;  // "LOTT"
  static constexpr std::size_t magic_at = 0, version_at = 4, best_at = 8, checksum_at = 16, size = 20;
};

/// CRC-32 as in IEEE 802.3.
inline std::uint32_t crc32(mirage::cbytes data) {
  std::uint32_t remainder = ~std::uint32_t{0};
  for (const std::byte value : data) {
    remainder ^= std::to_integer<std::uint32_t>(value);
    for (int bit = 0; bit < 8; ++bit) remainder = remainder >> 1 ^ (remainder & 1 ? 0xedb88320U : 0U);
  }
  return ~remainder;
}

/// The best ticket of a slot, or the sentence that says why there is none.
inline mirage::result<std::uint64_t, std::string_view> decode(mirage::cbytes sector) {
  using mirage::load_be32, mirage::load_be64;
  if (load_be32(&sector[slot_layout::magic_at]) != slot_layout::magic)
    return mirage::fail(std::string_view("bad magic"));
  if (load_be32(&sector[slot_layout::version_at]) != 1)
    return mirage::fail(std::string_view("unknown version"));
  if (load_be32(&sector[slot_layout::checksum_at]) != crc32(sector.first(slot_layout::checksum_at)))
    return mirage::fail(std::string_view("bad checksum"));
  return load_be64(&sector[slot_layout::best_at]);
}

inline mirage::buffer encode(std::size_t sector_size, std::uint64_t best) {
  auto sector = mirage::buffer::allocate(sector_size);
  if (!sector) return sector;
  const mirage::bytes out = sector.writable();
  std::ranges::fill(out, std::byte{0});
  mirage::store_be32(&out[slot_layout::magic_at], slot_layout::magic);
  mirage::store_be32(&out[slot_layout::version_at], 1);
  mirage::store_be64(&out[slot_layout::best_at], best);
  mirage::store_be32(&out[slot_layout::checksum_at], crc32(out.first(slot_layout::checksum_at)));
  return sector;
}

/// True when it is on the disk for good.
template <mirage::v1::block Disk>
mirage::task<bool> save(Disk& disk, std::uint64_t slot, std::uint64_t best) {
  auto written = co_await disk.write(slot, encode(disk.info().sector_size, best));
  if (!written) {
    lottery_log.error("slot {}: {}", slot, describe(written.error()));
    co_return false;
  }
  auto flushed = co_await disk.flush();
  co_return flushed.has_value();
}

template <mirage::v1::block Disk>
mirage::task<> lottery(Disk& disk, std::uint32_t slot, bool reset, bool reset_all) {
  const std::uint64_t slots = disk.info().sectors;
  if (slot >= slots) {
    lottery_log.error("there is no slot {}: the disk has {}", slot, slots);
    co_return;
  }
  const std::uint64_t from = reset_all ? 0 : slot;
  const std::uint64_t to = reset_all ? slots : std::uint64_t{slot} + 1;
  if (reset || reset_all) {
    for (std::uint64_t at = from; at < to; ++at) {
      auto saved = co_await save(disk, at, 0);
      if (!saved) co_return;
    }
    lottery_log.info("emptied {} slots", to - from);
  }

  auto sector = co_await disk.read(slot, 1);
  if (!sector) {
    lottery_log.error("slot {}: {}", slot, describe(sector.error()));
    co_return;
  }
  auto best = decode(sector->view());
  if (!best) {
    lottery_log.error("slot {}: {}; --reset makes a new one", slot, best.error());
    co_return;
  }
  const std::uint64_t ticket = mirage::os::random64() % 1'000'000;
  lottery_log.info("slot {}: ticket {}, best so far {}", slot, ticket, *best);
  if (ticket <= *best) co_return;
  auto saved = co_await save(disk, slot, ticket);
  if (saved) lottery_log.info("a new best: {}", ticket);
}
