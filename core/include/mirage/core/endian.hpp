// SPDX-License-Identifier: ISC
// Integers in bytes, at any alignment. The caller has checked that the bytes are there: bounds are checked
// once, where bytes enter, by the views in each protocol's wire.hpp.
#pragma once

#include <bit>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mirage {

namespace detail {
template <std::unsigned_integral T, std::endian Order>
[[nodiscard]] inline T load(const std::byte* from) noexcept {
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (Order != std::endian::native) value = std::byteswap(value);
  return value;
}
template <std::unsigned_integral T, std::endian Order>
inline void store(std::byte* to, T value) noexcept {
  if constexpr (Order != std::endian::native) value = std::byteswap(value);
  std::memcpy(to, &value, sizeof value);
}
}  // namespace detail

[[nodiscard]] inline std::uint16_t load_be16(const std::byte* p) noexcept {
  return detail::load<std::uint16_t, std::endian::big>(p);
}
[[nodiscard]] inline std::uint32_t load_be32(const std::byte* p) noexcept {
  return detail::load<std::uint32_t, std::endian::big>(p);
}
[[nodiscard]] inline std::uint64_t load_be64(const std::byte* p) noexcept {
  return detail::load<std::uint64_t, std::endian::big>(p);
}
[[nodiscard]] inline std::uint16_t load_le16(const std::byte* p) noexcept {
  return detail::load<std::uint16_t, std::endian::little>(p);
}
[[nodiscard]] inline std::uint32_t load_le32(const std::byte* p) noexcept {
  return detail::load<std::uint32_t, std::endian::little>(p);
}
[[nodiscard]] inline std::uint64_t load_le64(const std::byte* p) noexcept {
  return detail::load<std::uint64_t, std::endian::little>(p);
}

inline void store_be16(std::byte* p, std::uint16_t value) noexcept {
  detail::store<std::uint16_t, std::endian::big>(p, value);
}
inline void store_be32(std::byte* p, std::uint32_t value) noexcept {
  detail::store<std::uint32_t, std::endian::big>(p, value);
}
inline void store_be64(std::byte* p, std::uint64_t value) noexcept {
  detail::store<std::uint64_t, std::endian::big>(p, value);
}
inline void store_le16(std::byte* p, std::uint16_t value) noexcept {
  detail::store<std::uint16_t, std::endian::little>(p, value);
}
inline void store_le32(std::byte* p, std::uint32_t value) noexcept {
  detail::store<std::uint32_t, std::endian::little>(p, value);
}
inline void store_le64(std::byte* p, std::uint64_t value) noexcept {
  detail::store<std::uint64_t, std::endian::little>(p, value);
}

}  // namespace mirage
