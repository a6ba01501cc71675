// SPDX-License-Identifier: ISC
// Record data as text: a case for each kind of field.
#include <algorithm>

#include "base_text.hpp"
#include "calendar.hpp"
#include "location.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/core/format.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/dns/rdata.hpp"
#include "mirage/dns/rdata_text.hpp"
#include "service_parameters.hpp"

namespace mirage::dns {

namespace {

/// Octets as text; `special` are written behind a backslash.
void format_text(text_writer& out, cbytes octets, std::string_view special) noexcept {
  for (const std::byte octet : octets) {
    const char c = static_cast<char>(octet);
    if (c < ' ' || c > '~') {
      format_to(out, "\\{:03}", static_cast<unsigned>(octet));
    } else {
      if (special.find(c) != std::string_view::npos) out.append('\\');
      out.append(c);
    }
  }
}

void format_quoted(text_writer& out, cbytes octets) noexcept {
  out.append('"');
  format_text(out, octets, "\"\\");
  out.append('"');
}

void format_bitmap(text_writer& out, cbytes rest) noexcept {
  bool first = true;
  while (!rest.empty()) {
    const auto window = static_cast<unsigned>(rest[0]);
    const auto length = static_cast<std::size_t>(rest[1]);
    for (unsigned bit = 0; bit < 8 * length; ++bit) {
      if ((static_cast<unsigned>(rest[2 + bit / 8]) & (0x80u >> bit % 8)) == 0) continue;
      if (!first) out.append(' ');
      first = false;
      format(out, static_cast<record_type>(window << 8 | bit));
    }
    rest = rest.subspan(2 + length);
  }
}

void format_key(text_writer& out, std::uint16_t key) noexcept {
  if (key < parameter_names.size())
    out.append(parameter_names[key]);
  else
    format_to(out, "key{}", key);
}

/// Whether the value is a list of such items; else it is written as an unknown key's.
bool is_list(parameter_key key, cbytes value) noexcept {
  switch (key) {
    case parameter_key::mandatory: return !value.empty() && value.size() % 2 == 0;
    case parameter_key::ipv4hint: return !value.empty() && value.size() % 4 == 0;
    case parameter_key::ipv6hint: return !value.empty() && value.size() % 16 == 0;
    case parameter_key::alpn: return field_size('S', value).has_value();
    default: return false;
  }
}

void format_list(text_writer& out, parameter_key key, cbytes value) noexcept {
  for (bool first = true; !value.empty(); first = false) {
    if (!first) out.append(',');
    std::size_t size = 0;
    if (key == parameter_key::mandatory) {
      size = 2;
      format_key(out, load_be16(value.data()));
    } else if (key == parameter_key::ipv4hint) {
      size = 4;
      format(out, ipv4_address::load(value.data()));
    } else if (key == parameter_key::ipv6hint) {
      size = 16;
      format(out, ipv6_address::load(value.data()));
    } else {
      size = 1 + static_cast<std::size_t>(value[0]);
      format_text(out, value.subspan(1, size - 1), "\",\\ ;()");
    }
    value = value.subspan(size);
  }
}

void format_parameters(text_writer& out, cbytes rest) noexcept {
  for (bool first = true; !rest.empty(); first = false) {
    const std::uint16_t number = load_be16(rest.data());
    const auto key = static_cast<parameter_key>(number);
    const cbytes value = rest.subspan(4, load_be16(rest.data() + 2));
    if (!first) out.append(' ');
    format_key(out, number);
    if (!value.empty()) {
      out.append('=');
      if (is_list(key, value))
        format_list(out, key, value);
      else if (key == parameter_key::port && value.size() == 2)
        format_to(out, "{}", load_be16(value.data()));
      else if (key == parameter_key::ech)
        format_base64(out, value);
      else
        format_quoted(out, value);
    }
    rest = rest.subspan(4 + value.size());
  }
}

void format_strings(text_writer& out, cbytes rest) noexcept {
  for (bool first = true; !rest.empty(); first = false) {
    if (!first) out.append(' ');
    const std::size_t size = 1 + static_cast<std::size_t>(rest[0]);
    format_quoted(out, rest.subspan(1, size - 1));
    rest = rest.subspan(size);
  }
}

void format_pairs(text_writer& out, cbytes octets) noexcept {
  for (std::size_t i = 0; i < octets.size(); ++i) {
    if (i > 0) out.append('-');
    format_to(out, "{:02x}", static_cast<unsigned>(octets[i]));
  }
}

void format_counted(text_writer& out, cbytes octets, char kind) noexcept {
  if (octets.size() == 1)
    out.append('-');
  else if (kind == 'x')
    format_base16(out, octets.subspan(1));
  else
    format_base32(out, octets.subspan(1));
}

void format_field(text_writer& out, char kind, cbytes data) noexcept {
  switch (kind) {
    case '1': return format_to(out, "{}", static_cast<unsigned>(data[0]));
    case '2': return format_to(out, "{}", load_be16(data.data()));
    case '4':
    case 't': return format_to(out, "{}", load_be32(data.data()));
    case 'T': return format_signature_time(out, load_be32(data.data()));
    case 'a': return format(out, ipv4_address::load(data.data()));
    case 'A': return format(out, ipv6_address::load(data.data()));
    case 'r': return format(out, static_cast<record_type>(load_be16(data.data())));
    case '8':
      return format_to(out, "{:04x}:{:04x}:{:04x}:{:04x}", load_be16(data.data()), load_be16(data.data() + 2),
                       load_be16(data.data() + 4), load_be16(data.data() + 6));
    case 'e':
    case 'E': return format_pairs(out, data);
    case 's': return format_quoted(out, data.subspan(1));
    case 'c': return format_text(out, data.subspan(1), "\"\\ ;()");
    case 'S': return format_strings(out, data);
    case 'q': return format_quoted(out, data);
    case 'h': return format_base16(out, data);
    case 'b': return format_base64(out, data);
    case 'x':
    case 'y': return format_counted(out, data, kind);
    case 'm': return format_bitmap(out, data);
    case 'p': return format_parameters(out, data);
    case 'l': static_cast<void>(format_location(out, data)); return;
    default: return;
  }
}

bool has_text_form(record_type type, cbytes rdata) noexcept {
  if (rdata_layout(type) == "?" || !is_valid_rdata(type, rdata)) return false;
  return type != record_type::loc || rdata[0] == std::byte{0};
}

}  // namespace

void format_rdata(text_writer& out, record_type type, cbytes rdata) noexcept {
  if (!has_text_form(type, rdata)) {
    format_to(out, "\\# {}", rdata.size());
    if (!rdata.empty()) out.append(' ');
    return format_base16(out, rdata);
  }
  bool first = true;
  for (const char field : rdata_layout(type)) {
    const bool is_name = field == 'N' || field == 'n';
    const auto found = is_name ? name_view::front_of(rdata) : std::nullopt;
    const std::size_t size = found ? found->size() : field_size(field, rdata).value_or(0);
    if (!first && (size > 0 || field == 'q')) out.append(' ');
    first = false;
    if (found)
      format(out, *found);
    else
      format_field(out, field, rdata.first(size));
    rdata = rdata.subspan(size);
  }
}

}  // namespace mirage::dns
