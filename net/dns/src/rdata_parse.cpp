// SPDX-License-Identifier: ISC
// Record data from words: a function a kind of field, and one that goes over the layout.
#include <algorithm>
#include <array>
#include <cstring>

#include "ascii.hpp"
#include "base_text.hpp"
#include "calendar.hpp"
#include "location.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/dns/rdata.hpp"
#include "mirage/dns/rdata_text.hpp"
#include "service_parameters.hpp"

namespace mirage::dns {

namespace {

using outcome = result<void, text_error>;

/// A number without sign, of digits only, up to `greatest`.
std::optional<std::uint64_t> parse_number(std::string_view text, std::uint64_t greatest) noexcept {
  if (text.empty() || text.size() > 19) return std::nullopt;
  std::uint64_t value = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + static_cast<unsigned>(c - '0');
  }
  if (value > greatest) return std::nullopt;
  return value;
}

class rdata_parser {
 public:
  rdata_parser(word_source& words, name_view origin, bytes out) noexcept
      : words_(words), origin_(origin), out_(out) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  outcome field(char kind) noexcept {
    switch (kind) {
      case 'N':
      case 'n': return name_field();
      case '1': return number(1);
      case '2': return number(2);
      case '4': return number(4);
      case 't': return seconds();
      case 'T': return time();
      case 'a': return address<ipv4_address>();
      case 'A': return address<ipv6_address>();
      case 'r': return type_field();
      case '8': return groups();
      case 'e': return hardware_address(6);
      case 'E': return hardware_address(8);
      case 's':
      case 'c': return string();
      case 'S': return strings();
      case 'q': return text_to_end();
      case 'h': return digits_to_end(4);
      case 'b': return digits_to_end(6);
      case 'x': return counted_digits(4);
      case 'y': return counted_digits(5);
      case 'm': return bitmap();
      case 'p': return parameters();
      case 'l': return location();
      default: return fail(text_error::no_text_form);
    }
  }

  /// `\# length hexadecimal...`, with the first word taken already.
  outcome opaque() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    const auto length = parse_number(text, 0xffff);
    if (!length) return fail(text_error::bad_length);
    if (*length > 0 || more()) MIRAGE_TRY_VOID(digits_to_end(4));
    if (size_ != *length) return fail(text_error::bad_length);
    return {};
  }

  bool more() noexcept {
    word unused;
    if (!words_.next(unused)) return false;
    words_.put_back();
    return true;
  }

 private:
  result<std::string_view, text_error> next() noexcept {
    word found;
    if (!words_.next(found)) return fail(text_error::field_missing);
    return found.text;
  }

  outcome put(cbytes octets) noexcept {
    if (octets.size() > out_.size() - size_) return fail(text_error::too_long);
    if (!octets.empty()) std::memcpy(out_.data() + size_, octets.data(), octets.size());
    size_ += octets.size();
    return {};
  }
  outcome put_number(std::uint64_t value, std::size_t octets) noexcept {
    std::array<std::byte, 8> wire;
    store_be64(wire.data(), value);
    return put(cbytes(wire).last(octets));
  }

  outcome name_field() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    const auto parsed = text == "@" ? result<name, name_error>(name(origin_)) : name::parse(text, origin_);
    if (!parsed) return fail(text_error::bad_name);
    return put(parsed->view().wire());
  }

  outcome number(std::size_t octets) noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    const auto value = parse_number(text, (std::uint64_t{1} << 8 * octets) - 1);
    if (!value) return fail(text_error::bad_number);
    return put_number(*value, octets);
  }

  outcome seconds() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    // Serials and times share this form: all 32 bits as digits, or a number with units.
    if (const auto value = parse_number(text, 0xffffffff)) return put_number(*value, 4);
    const auto value = parse_ttl(text);
    if (!value) return fail(text_error::bad_number);
    return put_number(*value, 4);
  }

  outcome time() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    if (const auto value = parse_signature_time(text)) return put_number(*value, 4);
    const auto value = parse_number(text, 0xffffffff);
    if (!value) return fail(text_error::bad_time);
    return put_number(*value, 4);
  }

  template <class Address>
  outcome address() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    return put_address<Address>(text);
  }
  template <class Address>
  outcome put_address(std::string_view text) noexcept {
    const auto parsed = Address::parse(text);
    if (!parsed) return fail(text_error::bad_address);
    std::array<std::byte, Address::size> wire;
    parsed->store(wire.data());
    return put(wire);
  }

  outcome type_field() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    const auto type = parse_record_type(text);
    if (!type) return fail(text_error::bad_type);
    return put_number(static_cast<std::uint16_t>(*type), 2);
  }

  /// RFC 6742 §2.1.1: four groups of hexadecimal digits with colons between them.
  outcome groups() noexcept {
    MIRAGE_TRY(std::string_view text, next());
    for (int i = 0; i < 4; ++i) {
      const std::size_t colon = text.find(':');
      if ((colon == std::string_view::npos) != (i == 3)) return fail(text_error::bad_digits);
      const std::string_view digits = text.substr(0, colon);
      unsigned value = 0;
      if (digits.empty() || digits.size() > 4) return fail(text_error::bad_digits);
      for (const char c : digits) {
        const int digit = mirage::detail::hexadecimal_digit(c);
        if (digit < 0) return fail(text_error::bad_digits);
        value = value << 4 | static_cast<unsigned>(digit);
      }
      MIRAGE_TRY_VOID(put_number(value, 2));
      text.remove_prefix(i == 3 ? text.size() : colon + 1);
    }
    return {};
  }

  /// RFC 7043 §3.2: pairs of hexadecimal digits with hyphens between them.
  outcome hardware_address(std::size_t octets) noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    if (text.size() != octets * 3 - 1) return fail(text_error::bad_digits);
    for (std::size_t i = 0; i < octets; ++i) {
      const int high = mirage::detail::hexadecimal_digit(text[3 * i]);
      const int low = mirage::detail::hexadecimal_digit(text[3 * i + 1]);
      if (high < 0 || low < 0 || (i + 1 < octets && text[3 * i + 2] != '-'))
        return fail(text_error::bad_digits);
      MIRAGE_TRY_VOID(put_number(static_cast<unsigned>(high << 4 | low), 1));
    }
    return {};
  }

  /// The octets of a word, its escapes undone.
  outcome put_text(std::string_view text) noexcept {
    while (!text.empty()) {
      char octet = text.front();
      text.remove_prefix(1);
      if (octet == '\\') {
        if (text.empty()) return fail(text_error::bad_string);
        octet = text.front();
        if (octet >= '0' && octet <= '9') {
          const auto value = text.size() < 3 ? std::nullopt : parse_number(text.substr(0, 3), 255);
          if (!value) return fail(text_error::bad_string);
          octet = static_cast<char>(*value);
          text.remove_prefix(2);
        }
        text.remove_prefix(1);
      }
      MIRAGE_TRY_VOID(put_number(static_cast<std::uint8_t>(octet), 1));
    }
    return {};
  }

  outcome string() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    return put_string(text);
  }
  outcome put_string(std::string_view text) noexcept {
    const std::size_t length_at = size_;
    MIRAGE_TRY_VOID(put_number(0, 1));
    MIRAGE_TRY_VOID(put_text(text));
    if (size_ - length_at > 256) return fail(text_error::too_long);
    out_[length_at] = static_cast<std::byte>(size_ - length_at - 1);
    return {};
  }
  outcome strings() noexcept {
    do {
      MIRAGE_TRY_VOID(string());
    } while (more());
    return {};
  }
  outcome text_to_end() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    return put_text(text);
  }

  outcome digits_to_end(unsigned bits) noexcept {
    digit_reader digits(bits, out_.subspan(size_));
    while (more()) {
      MIRAGE_TRY(const std::string_view text, next());
      if (!digits.take(text)) return fail(text_error::bad_digits);
    }
    if (!digits.whole()) return fail(text_error::bad_digits);
    size_ += digits.size();
    return {};
  }

  /// One word of digits with its length in front; `-` is the empty one (RFC 5155 §3.3).
  outcome counted_digits(unsigned bits) noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    const std::size_t length_at = size_;
    MIRAGE_TRY_VOID(put_number(0, 1));
    if (text == "-") return {};
    digit_reader digits(bits, out_.subspan(size_));
    if (!digits.take(text) || !digits.whole() || digits.size() > 255) return fail(text_error::bad_digits);
    size_ += digits.size();
    out_[length_at] = static_cast<std::byte>(digits.size());
    return {};
  }

  outcome bitmap() noexcept {
    std::array<std::byte, 65536 / 8> bits{};
    while (more()) {
      MIRAGE_TRY(const std::string_view text, next());
      const auto type = parse_record_type(text);
      if (!type) return fail(text_error::bad_type);
      const auto number = static_cast<std::uint16_t>(*type);
      bits[number / 8] |= static_cast<std::byte>(0x80u >> (number % 8));
    }
    for (std::size_t window = 0; window < 256; ++window) {
      const cbytes part = cbytes(bits).subspan(window * 32, 32);
      std::size_t length = part.size();
      while (length > 0 && part[length - 1] == std::byte{0}) --length;
      if (length == 0) continue;
      MIRAGE_TRY_VOID(put_number(window, 1));
      MIRAGE_TRY_VOID(put_number(length, 1));
      MIRAGE_TRY_VOID(put(part.first(length)));
    }
    return {};
  }

  outcome location() noexcept {
    std::array<std::string_view, 12> texts;
    std::size_t count = 0;
    for (; count < texts.size() && more(); ++count) {
      MIRAGE_TRY(texts[count], next());
    }
    const auto wire = parse_location(std::span(texts).first(count));
    if (!wire) return fail(text_error::bad_number);
    return put(*wire);
  }

  // ---- Service parameters ----

  static std::optional<std::uint16_t> parameter_of(std::string_view text) noexcept {
    const auto* const found = std::ranges::find(parameter_names, text);
    if (found != parameter_names.end()) return static_cast<std::uint16_t>(found - parameter_names.begin());
    if (!text.starts_with("key")) return std::nullopt;
    const auto number = parse_number(text.substr(3), 0xfffe);
    if (!number) return std::nullopt;
    return static_cast<std::uint16_t>(*number);
  }

  /// Parameters may be written in any order; on the wire their keys rise.
  outcome parameters() noexcept {
    const std::size_t start = size_;
    while (more()) {
      const std::size_t at = size_;
      MIRAGE_TRY_VOID(parameter());
      std::size_t place = start;
      const std::uint16_t key = load_be16(out_.data() + at);
      while (place < at && load_be16(out_.data() + place) < key)
        place += 4 + std::size_t{load_be16(out_.data() + place + 2)};
      if (place < at && load_be16(out_.data() + place) == key) return fail(text_error::bad_parameter);
      std::rotate(out_.data() + place, out_.data() + at, out_.data() + size_);
    }
    return {};
  }

  outcome parameter() noexcept {
    MIRAGE_TRY(const std::string_view text, next());
    const std::size_t equals = text.find('=');
    const auto key = parameter_of(text.substr(0, equals));
    if (!key) return fail(text_error::bad_parameter);
    std::string_view value;
    if (equals != std::string_view::npos) value = text.substr(equals + 1);
    // `key="value"` comes as two words, the second of them quoted.
    if (equals != std::string_view::npos && value.empty()) {
      word found;
      if (words_.next(found)) {
        if (found.quoted)
          value = found.text;
        else
          words_.put_back();
      }
    }
    MIRAGE_TRY_VOID(put_number(*key, 2));
    MIRAGE_TRY_VOID(put_number(0, 2));
    const std::size_t value_at = size_;
    MIRAGE_TRY_VOID(parameter_value(static_cast<parameter_key>(*key), value));
    store_be16(out_.data() + value_at - 2, static_cast<std::uint16_t>(size_ - value_at));
    return {};
  }

  outcome parameter_value(parameter_key key, std::string_view value) noexcept {
    switch (key) {
      case parameter_key::no_default_alpn:
      case parameter_key::ohttp: return value.empty() ? outcome{} : fail(text_error::bad_parameter);
      case parameter_key::port: {
        const auto port = parse_number(value, 0xffff);
        if (!port) return fail(text_error::bad_parameter);
        return put_number(*port, 2);
      }
      case parameter_key::ech: {
        digit_reader digits(6, out_.subspan(size_));
        if (!digits.take(value) || !digits.whole()) return fail(text_error::bad_digits);
        size_ += digits.size();
        return {};
      }
      case parameter_key::mandatory:
      case parameter_key::alpn:
      case parameter_key::ipv4hint:
      case parameter_key::ipv6hint: return parameter_list(key, value);
      default: return put_text(value);
    }
  }

  outcome parameter_list(parameter_key key, std::string_view value) noexcept {
    if (value.empty()) return fail(text_error::bad_parameter);
    while (true) {
      std::size_t comma = value.find(',');
      while (comma != std::string_view::npos && comma > 0 && value[comma - 1] == '\\')
        comma = value.find(',', comma + 1);
      const std::string_view item = value.substr(0, comma);
      if (key == parameter_key::mandatory) {
        const auto needed = parameter_of(item);
        if (!needed) return fail(text_error::bad_parameter);
        MIRAGE_TRY_VOID(put_number(*needed, 2));
      } else if (key == parameter_key::alpn) {
        MIRAGE_TRY_VOID(put_string(item));
      } else if (key == parameter_key::ipv4hint) {
        MIRAGE_TRY_VOID(put_address<ipv4_address>(item));
      } else {
        MIRAGE_TRY_VOID(put_address<ipv6_address>(item));
      }
      if (comma == std::string_view::npos) return {};
      value.remove_prefix(comma + 1);
    }
  }

  word_source& words_;
  name_view origin_;
  bytes out_;
  std::size_t size_ = 0;
};

}  // namespace

std::string_view describe(text_error error) noexcept {
  constexpr std::array<std::string_view, 13> words{
      "a field of the record is missing",
      "the record has a field too many",
      "a number was expected, and one that fits its field",
      "an address was expected",
      "a domain name was expected",
      "a backslash is not followed by three digits or a character",
      "these are not the digits that were expected",
      "a time was expected, as YYYYMMDDHHMMSS",
      "a record type was expected",
      "the length does not fit the data",
      "this is not a service parameter, or it is there twice",
      "this type has no text form here; write it as \\# LENGTH HEX",
      "the field is too long"};
  return words[static_cast<std::size_t>(error)];
}

std::optional<std::uint32_t> parse_ttl(std::string_view text) noexcept {
  constexpr std::uint64_t greatest = 0x7fffffff;  // RFC 2181 §8
  std::uint64_t total = 0;
  while (!text.empty()) {
    std::size_t digits = 0;
    while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') ++digits;
    const auto value = parse_number(text.substr(0, digits), greatest);
    if (!value) return std::nullopt;
    text.remove_prefix(digits);
    std::uint64_t unit = 1;
    if (!text.empty()) {
      switch (to_lower(text.front())) {
        case 'w': unit = 604800; break;
        case 'd': unit = 86400; break;
        case 'h': unit = 3600; break;
        case 'm': unit = 60; break;
        case 's': unit = 1; break;
        default: return std::nullopt;
      }
      text.remove_prefix(1);
    }
    total += *value * unit;
    if (total > greatest) return std::nullopt;
    if (text.empty()) return static_cast<std::uint32_t>(total);
  }
  return std::nullopt;
}

result<std::size_t, text_error> parse_rdata(record_type type, word_source& words, name_view origin,
                                            bytes out) noexcept {
  rdata_parser parser(words, origin, out);
  word first;
  const bool any = words.next(first);
  if (any && first.text == "\\#" && !first.quoted) {
    MIRAGE_TRY_VOID(parser.opaque());
    if (!is_valid_rdata(type, out.first(parser.size()))) return fail(text_error::bad_length);
    return parser.size();
  }
  if (any) words.put_back();
  for (const char field : rdata_layout(type)) MIRAGE_TRY_VOID(parser.field(field));
  if (parser.more()) {
    [[maybe_unused]] const bool taken = words.next(first);
    return fail(text_error::field_too_many);
  }
  return parser.size();
}

}  // namespace mirage::dns
