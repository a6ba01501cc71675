// SPDX-License-Identifier: ISC
// Accept-Encoding, RFC 9110 §12.5.3 and §12.4.2.
#include "mirage/http/content_coding.hpp"

#include <array>

#include "characters.hpp"
#include "mirage/http/head_parser.hpp"

namespace mirage::http {

namespace {

constexpr std::int16_t unsaid = -1;

/// Weights in thousandths, `unsaid` where the client did not name the coding.
struct preferences {
  std::array<std::int16_t, content_coding_count> named{unsaid, unsaid, unsaid};
  std::int16_t any = unsaid;

  void read(std::string_view list) noexcept {
    for (std::string_view member = next_member(list); !member.empty(); member = next_member(list)) {
      const std::size_t semicolon = member.find(';');
      const std::string_view name = trim(member.substr(0, semicolon));
      std::uint16_t weight = 1000;
      if (semicolon != std::string_view::npos) {
        const auto parsed = parse_weight(trim(member.substr(semicolon + 1)));
        if (!parsed) continue;
        weight = *parsed;
      }
      if (std::int16_t* entry = find(name)) *entry = static_cast<std::int16_t>(weight);
    }
  }

  std::int16_t* find(std::string_view name) noexcept {
    if (name == "*") return &any;
    for (std::size_t i = 0; i < named.size(); ++i)
      if (equal_ignoring_case(name, describe(static_cast<content_coding>(i)))) return &named[i];
    // RFC 9110 §8.4.1.3: an old name of gzip.
    if (equal_ignoring_case(name, "x-gzip")) return &named[static_cast<std::size_t>(content_coding::gzip)];
    return nullptr;
  }

  /// 0: refused. Identity that nobody named is acceptable, but less than everything that was.
  [[nodiscard]] int weight(content_coding coding) const noexcept {
    const std::int16_t own = named[static_cast<std::size_t>(coding)];
    if (own != unsaid) return own * 2;
    if (any != unsaid) return any * 2;
    return coding == content_coding::identity ? 1 : 0;
  }
};

}  // namespace

std::string_view describe(content_coding coding) noexcept {
  switch (coding) {
    case content_coding::brotli: return "br";
    case content_coding::gzip: return "gzip";
    case content_coding::identity: break;
  }
  return "identity";
}

std::optional<std::uint16_t> parse_weight(std::string_view text) noexcept {
  if (text.size() < 3 || lower(text[0]) != 'q' || text[1] != '=') return std::nullopt;
  text.remove_prefix(2);
  if (text[0] != '0' && text[0] != '1') return std::nullopt;
  auto weight = static_cast<unsigned>(text[0] - '0') * 1000;
  text.remove_prefix(1);
  if (text.empty()) return static_cast<std::uint16_t>(weight);
  if (text[0] != '.' || text.size() > 4) return std::nullopt;
  unsigned scale = 100;
  for (char c : text.substr(1)) {
    if (!is(c, digit_character)) return std::nullopt;
    weight += static_cast<unsigned>(c - '0') * scale;
    scale /= 10;
  }
  if (weight > 1000) return std::nullopt;
  return static_cast<std::uint16_t>(weight);
}

std::optional<content_coding> negotiate_coding(const message_head& head, content_codings available) noexcept {
  // Without the field every coding would do; but who does not ask for one may well not know it.
  if (!head.has(field::accept_encoding)) {
    if (available.has(content_coding::identity)) return content_coding::identity;
    if (available.has(content_coding::gzip)) return content_coding::gzip;
    if (available.has(content_coding::brotli)) return content_coding::brotli;
    return std::nullopt;
  }
  preferences wanted;
  head.for_each(field::accept_encoding, [&](std::string_view list) { wanted.read(list); });
  std::optional<content_coding> best;
  int best_weight = 0;
  for (std::size_t i = 0; i < content_coding_count; ++i) {
    const auto coding = static_cast<content_coding>(i);
    if (!available.has(coding)) continue;
    const int weight = wanted.weight(coding);
    if (weight > best_weight) {
      best = coding;
      best_weight = weight;
    }
  }
  return best;
}

}  // namespace mirage::http
