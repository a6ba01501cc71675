// SPDX-License-Identifier: ISC
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include <mirage/core/log.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source block_log{"block"};

struct tally {
  int started = 0;
  int passed = 0;

  void check(std::string_view what, bool holds) {
    ++started;
    passed += holds ? 1 : 0;
    if (!holds) block_log.error("{}: failed", what);
  }
};

/// Sectors whose every byte is `value`.
inline mirage::buffer pattern(std::size_t size, unsigned char value) {
  auto data = mirage::buffer::allocate(size);
  if (data) std::ranges::fill(data.writable(), std::byte{value});
  return data;
}

inline bool all_are(const mirage::buffer& data, unsigned char value) {
  return std::ranges::all_of(data.view(), [value](std::byte at) { return at == std::byte{value}; });
}

template <mirage::v1::block Disk>
mirage::task<bool> round_trip(Disk& disk, std::uint64_t first, std::uint32_t count, unsigned char value) {
  const std::size_t size = std::size_t{count} * disk.info().sector_size;
  auto written = co_await disk.write(first, pattern(size, value));
  if (!written) co_return false;
  auto read = co_await disk.read(first, count);
  co_return read && read->size() == size&& all_are(*read, value);
}

template <mirage::v1::block Disk>
mirage::task<> block_tests(Disk& disk) {
  using mirage::v1::block_error;
  const mirage::v1::block_info info = disk.info();
  const std::uint64_t last = info.sectors - 1;
  block_log.info("{} sectors of {} bytes", info.sectors, info.sector_size);
  tally tests;

  auto first = co_await round_trip(disk, 0, 1, 0x11);
  tests.check("the first sector", first);
  auto at_the_end = co_await round_trip(disk, last, 1, 0x22);
  tests.check("the last sector", at_the_end);
  auto several = co_await round_trip(disk, 1, 8, 0x33);
  tests.check("eight sectors at once", several);
  auto again = co_await round_trip(disk, 4, 2, 0x44);
  tests.check("over what was written before", again);

  auto neighbour = co_await disk.read(3, 1);
  tests.check("its neighbour is as it was", neighbour && all_are(*neighbour, 0x33));

  auto flushed = co_await disk.flush();
  tests.check("flush", flushed.has_value());

  auto beyond = co_await disk.read(info.sectors, 1);
  tests.check("reading beyond the end is refused", !beyond && beyond.error() == block_error::out_of_range);
  auto across = co_await disk.read(last, 2);
  tests.check("reading across the end is refused", !across && across.error() == block_error::out_of_range);
  auto overflow = co_await disk.write(info.sectors, pattern(info.sector_size, 0));
  tests.check("writing beyond the end is refused",
              !overflow && overflow.error() == block_error::out_of_range);
  auto part = co_await disk.write(0, pattern(info.sector_size - 1, 0));
  tests.check("writing a part of a sector is refused", !part && part.error() == block_error::misaligned);

  block_log.info("{} tests started, {} passed, {} failed", tests.started, tests.passed,
                 tests.started - tests.passed);
}
