// SPDX-License-Identifier: ISC
// The hvt ABI of Solo5, version 2, on x86-64: the unikernel is a virtual machine whose monitor has ten calls,
// each a write of an address to a port. `Port` is any callable `void(number, void* argument)`.
//
// Not implemented: the ring for network packets (HVT_FEATURE_RING_IO), aarch64.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/solo5/calls.hpp"

namespace mirage::solo5::hvt {

/// The first argument of the entry point, in memory that only the monitor may write.
struct boot_info {
  std::uint64_t memory_size;  ///< bytes, from address 0; mapped is what lies at 0x100000 and above
  std::uint64_t kernel_end;
  std::uint64_t cycle_frequency;  ///< of the time-stamp counter, Hz
  std::uint64_t command_line;
  std::uint64_t manifest;
  std::uint32_t host_features;
  std::uint32_t guest_features;
  std::uint64_t network_ring;
};
static_assert(sizeof(boot_info) == 56);

/// Call `n` is a 32-bit write to port `first_port + n`.
inline constexpr std::uint16_t first_port = 0x500;
enum class call : std::uint16_t {
  wall_time = 1,
  put,
  poll,
  block_write,
  block_read,
  network_write,
  network_read,
  halt
};

struct wall_time_call {
  std::uint64_t nanoseconds = 0;
};
struct put_call {
  std::uint64_t data = 0;
  std::uint64_t size = 0;
};
struct poll_call {
  std::uint64_t timeout = 0;  ///< ns
  std::uint64_t ready = 0;    ///< handles, as bits
  std::int32_t result = 0;
};
struct block_call {
  std::uint64_t handle = 0;
  std::uint64_t offset = 0;
  std::uint64_t data = 0;
  std::uint64_t size = 0;
  std::int32_t result = 0;
};
struct network_call {
  std::uint64_t handle = 0;
  std::uint64_t data = 0;
  std::uint64_t size = 0;
  std::int32_t result = 0;
};
struct halt_call {
  std::uint64_t cookie = 0;
  std::int32_t status = 0;
};

enum call_result : std::int32_t { ok = 0, again = 1, invalid = 2, unspecified = 3 };

/// The longest sleep of one call; who wants more asks again.
inline constexpr duration longest_poll = 3600s;

[[nodiscard]] inline std::uint64_t as_word(const void* memory) noexcept {
  return reinterpret_cast<std::uintptr_t>(memory);
}

[[nodiscard]] inline result<void, call_error> outcome_of(std::int32_t result) noexcept {
  if (result == ok) return {};
  return fail(result == again ? call_error::again : call_error::failed);
}

/// What the time-stamp counter says.
[[nodiscard]] constexpr duration time_of(std::uint64_t cycles, std::uint64_t frequency) noexcept {
  constexpr std::uint64_t second = 1'000'000'000;
  const std::uint64_t part = cycles % frequency * second / frequency;  // up to 18 GHz
  return duration{static_cast<std::int64_t>(cycles / frequency * second + part)};
}

template <class Port>
[[nodiscard]] wall_time read_wall(Port&& port) noexcept {
  wall_time_call now{};
  port(call::wall_time, &now);
  return wall_time{duration{static_cast<std::int64_t>(now.nanoseconds)}};
}

template <class Port>
void put(Port&& port, std::string_view text) noexcept {
  put_call what{.data = as_word(text.data()), .size = text.size()};
  port(call::put, &what);
}

/// The handles that have something, as bits. Sleeps for at most `limit`; nothing or less only looks.
template <class Port>
[[nodiscard]] std::uint64_t poll(Port&& port, duration limit) noexcept {
  if (limit > longest_poll) limit = longest_poll;
  const std::int64_t timeout = limit > duration::zero() ? limit.count() : 0;
  poll_call what{.timeout = static_cast<std::uint64_t>(timeout)};
  port(call::poll, &what);
  return what.result == ok ? what.ready : 0;
}

template <class Port>
result<std::size_t, call_error> network_read(Port&& port, const attached_device& from, bytes room) noexcept {
  network_call what{.handle = from.handle, .data = as_word(room.data()), .size = room.size()};
  port(call::network_read, &what);
  MIRAGE_TRY_VOID(outcome_of(what.result));
  if (what.size > room.size()) return fail(call_error::failed);
  return static_cast<std::size_t>(what.size);
}

template <class Port>
result<void, call_error> network_write(Port&& port, const attached_device& to, cbytes frame) noexcept {
  network_call what{.handle = to.handle, .data = as_word(frame.data()), .size = frame.size()};
  port(call::network_write, &what);
  return outcome_of(what.result);
}

/// `how` is `block_read` or `block_write`.
template <class Port>
result<void, call_error> block_transfer(Port&& port, call how, const attached_device& device,
                                        std::uint64_t offset, const std::byte* block) noexcept {
  block_call what{
      .handle = device.handle, .offset = offset, .data = as_word(block), .size = device.block_size};
  port(how, &what);
  return outcome_of(what.result);
}

template <class Port>
void halt(Port&& port, int status) noexcept {
  halt_call what{.cookie = 0, .status = status};
  port(call::halt, &what);
}

}  // namespace mirage::solo5::hvt
