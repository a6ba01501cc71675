// SPDX-License-Identifier: ISC
#include "quantity.hpp"

#include <charconv>
#include <cmath>
#include <limits>
#include <span>

namespace mirage::simulator {

namespace {

struct unit {
  std::string_view name;
  double factor;
};

constexpr unit times[] = {{"ns", 1}, {"us", 1e3}, {"ms", 1e6}, {"s", 1e9}, {"min", 60e9}};
constexpr unit bandwidths[] = {{"bit/s", 1}, {"kbit/s", 1e3}, {"Mbit/s", 1e6}, {"Gbit/s", 1e9}};
constexpr unit sizes[] = {{"B", 1}, {"kB", 1e3}, {"MB", 1e6}, {"KiB", 1024}, {"MiB", 1048576}};
constexpr unit shares[] = {{"%", 0.01}};

// A number and a unit, with or without a space between them.
std::optional<double> parse(std::string_view text, std::span<const unit> units) {
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || !(number >= 0) || !std::isfinite(number)) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  if (text.starts_with(' ')) text.remove_prefix(1);
  for (const unit& each : units)
    if (each.name == text) return number * each.factor;
  return std::nullopt;
}

template <class Whole>
std::optional<Whole> whole(std::optional<double> number) {
  if (!number || *number >= static_cast<double>(std::numeric_limits<Whole>::max())) return std::nullopt;
  return static_cast<Whole>(std::llround(*number));
}

}  // namespace

std::optional<duration> parse_duration(std::string_view text) {
  const auto nanoseconds = whole<std::int64_t>(parse(text, times));
  if (!nanoseconds) return std::nullopt;
  return duration{*nanoseconds};
}

std::optional<std::uint64_t> parse_bandwidth(std::string_view text) {
  return whole<std::uint64_t>(parse(text, bandwidths));
}

std::optional<std::size_t> parse_size(std::string_view text) {
  return whole<std::size_t>(parse(text, sizes));
}

std::optional<double> parse_share(std::string_view text) {
  const auto share = parse(text, shares);
  if (!share || *share > 1) return std::nullopt;
  return share;
}

}  // namespace mirage::simulator
