// SPDX-License-Identifier: ISC
#include "packet.hpp"

#include <algorithm>

namespace mirage::scripts {

namespace {

bool printable(std::string_view data) {
  return std::ranges::all_of(data, [](char c) { return c >= ' ' && c <= '~'; });
}

std::string shown_data(const std::string& data) {
  constexpr std::size_t most = 40;
  if (printable(data)) {
    if (data.size() <= most) return fmt::format("\"{}\"", data);
    return fmt::format("\"{}...\" ({} bytes)", data.substr(0, most), data.size());
  }
  std::string hex;
  for (const char c : data.substr(0, most / 2)) hex += fmt::format("{:02x}", static_cast<unsigned char>(c));
  return fmt::format("{}{} ({} bytes)", hex, data.size() > most / 2 ? "..." : "", data.size());
}

}  // namespace

std::string shown(const field& each) {
  return each.name == "data" && each.value != "*" ? shown_data(each.value) : each.value;
}

std::string shown(const packet& all) {
  std::string text;
  for (const layer& each : all.layers) {
    if (!text.empty()) text += " / ";
    text += each.kind;
    for (const field& one : each.fields) text += fmt::format(" {} {}", one.name, shown(one));
  }
  return text;
}

}  // namespace mirage::scripts
