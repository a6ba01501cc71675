// SPDX-License-Identifier: ISC
// Reads at random places of a disk, of several lengths and with one or several reads at a time, and says how
// many it did: `read BYTES DEPTH COUNT MICROSECONDS`.
#pragma once

#include <array>
#include <cstdint>

#include <mirage/core/log.hpp>
#include <mirage/core/os.hpp>
#include <mirage/core/panic.hpp>
#include <mirage/core/scope.hpp>
#include <mirage/v1.hpp>

inline constexpr mirage::log_source reader_log{"reader"};

/// Numbers that look random enough for places on a disk: xorshift64 of G. Marsaglia, "Xorshift RNGs", 2003.
class places {
 public:
  explicit places(std::uint64_t count) : count_(count) {}
  std::uint64_t next() {
    state_ ^= state_ << 13U;
    state_ ^= state_ >> 7U;
    state_ ^= state_ << 17U;
    return state_ % count_;
  }

 private:
  std::uint64_t count_;
  std::uint64_t state_ = 88172645463325252;
};

/// Reads pieces of `sectors` until `end`, and counts them.
template <mirage::v1::block Disk>
mirage::task<> read_pieces(Disk& disk, std::uint32_t sectors, places& where, mirage::instant end,
                           std::uint64_t& count) {
  while (mirage::os::now() < end) {
    auto data = co_await disk.read(where.next() * sectors, sectors);
    mirage::require(data.has_value(), "the disk is not read");
    ++count;
  }
}

template <mirage::v1::block Disk>
mirage::task<> reader(Disk& disk, std::uint32_t milliseconds) {
  constexpr std::array<std::uint32_t, 3> lengths{4096, 65536, 1048576};
  constexpr std::array<unsigned, 2> depths{1, 32};
  const mirage::v1::block_info info = disk.info();
  for (const std::uint32_t length : lengths) {
    const std::uint32_t sectors = length / info.sector_size;
    places where(info.sectors / sectors);
    for (const unsigned depth : depths) {
      std::uint64_t count = 0;
      const mirage::instant begin = mirage::os::monotonic();
      const mirage::instant end = begin + std::chrono::milliseconds(milliseconds);
      {
        mirage::scope reading;
        for (unsigned i = 0; i < depth; ++i) {
          auto started = reading.spawn("read", read_pieces(disk, sectors, where, end, count));
          mirage::require(started.has_value(), "there is no memory for a task");
        }
        co_await reading.join();
      }
      const auto took = static_cast<std::uint64_t>((mirage::os::monotonic() - begin).count() / 1000);
      reader_log.info("read {} {} {} {}", length, depth, count, took);
    }
  }
}
