// SPDX-License-Identifier: ISC
// What validation begins with: DS records of the root's keys. They are set by hand; RFC 5011 is not
// implemented.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "mirage/core/argument_value.hpp"
#include "mirage/core/bytes.hpp"

namespace mirage {

class dns_trust_anchor {
 public:
  /// TAG:ALGORITHM:DIGEST-TYPE:DIGEST, the fields of a DS record; blanks serve for the colons.
  [[nodiscard]] static constexpr std::optional<dns_trust_anchor> parse(std::string_view text) noexcept {
    const auto tag = take_number(text, 65535);
    const auto algorithm = take_number(text, 255);
    const auto digest = take_number(text, 255);
    if (!tag || !algorithm || !digest || text.empty() || text.size() % 2 != 0 || text.size() > 96)
      return std::nullopt;
    dns_trust_anchor made;
    made.octets_[0] = static_cast<std::byte>(*tag >> 8);
    made.octets_[1] = static_cast<std::byte>(*tag & 0xff);
    made.octets_[2] = static_cast<std::byte>(*algorithm);
    made.octets_[3] = static_cast<std::byte>(*digest);
    for (; !text.empty(); text.remove_prefix(2)) {
      const int high = digit_of(text[0]);
      const int low = digit_of(text[1]);
      if (high < 0 || low < 0) return std::nullopt;
      made.octets_[made.size_++] = static_cast<std::byte>(16 * high + low);
    }
    return made;
  }

  /// The data of the DS record.
  [[nodiscard]] constexpr cbytes rdata() const noexcept { return cbytes(octets_).first(size_); }

 private:
  static constexpr int digit_of(char c) noexcept {
    if (c >= '0' && c <= '9') return c - '0';
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
  }
  static constexpr std::optional<unsigned> take_number(std::string_view& text, unsigned most) noexcept {
    const std::size_t end = text.find_first_of(": ");
    if (end == 0 || end == std::string_view::npos) return std::nullopt;
    unsigned number = 0;
    for (const char c : text.substr(0, end)) {
      if (c < '0' || c > '9') return std::nullopt;
      number = 10 * number + static_cast<unsigned>(c - '0');
      if (number > most) return std::nullopt;
    }
    text.remove_prefix(end + 1);
    return number;
  }

  std::array<std::byte, 4 + 48> octets_{};
  std::size_t size_ = 4;
};

[[nodiscard]] consteval argument_description describe_argument(std::type_identity<dns_trust_anchor>) {
  return {"TAG:ALGORITHM:DIGEST-TYPE:DIGEST", "a DS record such as 20326:8:2:E06D44B80B8F1D39..."};
}

/// The root's keys of 2017 and of 2024, as IANA publishes them.
inline constexpr std::array dns_root_anchors{
    *dns_trust_anchor::parse("20326:8:2:E06D44B80B8F1D39A95C0B0D7C65D08458E880409BBC683457104237C7F8EC8D"),
    *dns_trust_anchor::parse("38696:8:2:683D2D0ACB8C9B712A1948B27F741219298D0A450D612C483AF444A4C0FB2B16")};

}  // namespace mirage
