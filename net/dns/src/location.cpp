// SPDX-License-Identifier: ISC
#include "location.hpp"

#include <cstdint>

#include "ascii.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/format.hpp"

namespace mirage::dns {

namespace {

constexpr std::int64_t middle = std::int64_t{1} << 31;  // the equator, the prime meridian
constexpr std::int64_t sea_level = 10'000'000;          // in centimetres above the lowest that can be said

/// A decimal number with at most `decimals` digits behind the point, as a count of the last of them.
std::optional<std::int64_t> parse_decimals(std::string_view text, unsigned decimals) noexcept {
  std::int64_t value = 0;
  unsigned behind = 0;
  bool point = false;
  bool digits = false;
  for (const char c : text) {
    if (c == '.' && !point) {
      point = true;
    } else if (c >= '0' && c <= '9' && value < 100'000'000'000 && !(point && behind == decimals)) {
      value = value * 10 + (c - '0');
      behind += point ? 1 : 0;
      digits = true;
    } else {
      return std::nullopt;
    }
  }
  if (!digits) return std::nullopt;
  for (; behind < decimals; ++behind) value *= 10;
  return value;
}

/// Metres, with or without `m` behind them, in centimetres.
std::optional<std::int64_t> parse_metres(std::string_view text) noexcept {
  if (text.ends_with('m') || text.ends_with('M')) text.remove_suffix(1);
  const bool below = text.starts_with('-');
  if (below) text.remove_prefix(1);
  const auto value = parse_decimals(text, 2);
  if (!value) return std::nullopt;
  return below ? -*value : *value;
}

/// A size or precision: a digit times a power of ten, in centimetres.
std::optional<std::byte> parse_size(std::string_view text) noexcept {
  auto value = parse_metres(text);
  if (!value || *value < 0 || *value > 9'000'000'000) return std::nullopt;
  unsigned power = 0;
  for (; *value > 9; *value /= 10) ++power;
  return static_cast<std::byte>(static_cast<unsigned>(*value) << 4 | power);
}

/// `52 22 23.000 N`: up to three numbers and a letter. Takes the words that it is made of.
std::optional<std::uint32_t> parse_angle(std::span<const std::string_view>& words, std::int64_t most_degrees,
                                         char positive, char negative) noexcept {
  std::array<std::int64_t, 3> parts{};
  for (std::size_t i = 0; i < 4 && !words.empty(); ++i) {
    const std::string_view text = words.front();
    words = words.subspan(1);
    const char letter = text.size() == 1 ? to_lower(text.front()) : '\0';
    if (i > 0 && (letter == positive || letter == negative)) {
      const std::int64_t angle = (parts[0] * 60 + parts[1]) * 60'000 + parts[2];
      if (parts[1] > 59 || parts[2] > 59'999 || angle > most_degrees * 3'600'000) return std::nullopt;
      return static_cast<std::uint32_t>(letter == positive ? middle + angle : middle - angle);
    }
    if (i == 3) return std::nullopt;
    const auto part = parse_decimals(text, i == 2 ? 3 : 0);
    if (!part || *part > 1'000'000) return std::nullopt;
    parts[i] = *part;
  }
  return std::nullopt;
}

void format_angle(text_writer& out, std::uint32_t wire, char positive, char negative) noexcept {
  const std::int64_t from_middle = std::int64_t{wire} - middle;
  const std::int64_t angle = from_middle < 0 ? -from_middle : from_middle;
  format_to(out, "{} {} {}.{:03} {} ", angle / 3'600'000, angle / 60'000 % 60, angle / 1000 % 60,
            angle % 1000, from_middle < 0 ? negative : positive);
}

void format_size(text_writer& out, std::byte wire) noexcept {
  std::int64_t centimetres = static_cast<unsigned>(wire) >> 4;
  for (unsigned power = static_cast<unsigned>(wire) & 15; power > 0 && power < 10; --power) centimetres *= 10;
  format_to(out, "{}.{:02}m", centimetres / 100, centimetres % 100);
}

}  // namespace

std::optional<std::array<std::byte, 16>> parse_location(std::span<const std::string_view> words) noexcept {
  const auto latitude = parse_angle(words, 90, 'n', 's');
  if (!latitude) return std::nullopt;
  const auto longitude = parse_angle(words, 180, 'e', 'w');
  if (!longitude || words.empty() || words.size() > 4) return std::nullopt;
  const auto altitude = parse_metres(words.front());
  if (!altitude || *altitude < -sea_level || *altitude + sea_level > 0xffffffff) return std::nullopt;
  std::array<std::byte, 16> wire{std::byte{0}, std::byte{0x12}, std::byte{0x16}, std::byte{0x13}};
  for (std::size_t i = 1; i < words.size(); ++i) {
    const auto size = parse_size(words[i]);
    if (!size) return std::nullopt;
    wire[i] = *size;
  }
  store_be32(wire.data() + 4, *latitude);
  store_be32(wire.data() + 8, *longitude);
  store_be32(wire.data() + 12, static_cast<std::uint32_t>(*altitude + sea_level));
  return wire;
}

bool format_location(text_writer& out, cbytes wire) noexcept {
  if (wire[0] != std::byte{0}) return false;
  format_angle(out, load_be32(wire.data() + 4), 'N', 'S');
  format_angle(out, load_be32(wire.data() + 8), 'E', 'W');
  const std::int64_t altitude = std::int64_t{load_be32(wire.data() + 12)} - sea_level;
  const std::int64_t height = altitude < 0 ? -altitude : altitude;
  format_to(out, "{}{}.{:02}m ", altitude < 0 ? "-" : "", height / 100, height % 100);
  format_size(out, wire[1]);
  out.append(' ');
  format_size(out, wire[2]);
  out.append(' ');
  format_size(out, wire[3]);
  return true;
}

}  // namespace mirage::dns
