// SPDX-License-Identifier: ISC
#include "mirage/dns/rdata.hpp"

#include "mirage/core/endian.hpp"
#include "mirage/dns/name.hpp"

namespace mirage::dns {

namespace {

std::size_t octet(cbytes data, std::size_t at) noexcept { return static_cast<std::size_t>(data[at]); }

std::optional<std::size_t> all_if(cbytes rest, bool holds) noexcept {
  return holds ? std::optional(rest.size()) : std::nullopt;
}

/// RFC 4034 §4.1.2: windows in rising order, of 1 to 32 octets. The empty set is well-formed (RFC 5155 §7.1).
bool is_bitmap(cbytes rest) noexcept {
  int last = -1;
  while (!rest.empty()) {
    if (rest.size() < 2) return false;
    const int window = static_cast<int>(octet(rest, 0));
    const std::size_t length = octet(rest, 1);
    if (window <= last || length == 0 || length > 32 || rest.size() < 2 + length) return false;
    last = window;
    rest = rest.subspan(2 + length);
  }
  return true;
}

/// RFC 9460 §2.2: keys in rising order, each once.
bool is_parameters(cbytes rest) noexcept {
  int last = -1;
  while (!rest.empty()) {
    if (rest.size() < 4) return false;
    const int key = load_be16(rest.data());
    const std::size_t length = load_be16(rest.data() + 2);
    if (key <= last || rest.size() < 4 + length) return false;
    last = key;
    rest = rest.subspan(4 + length);
  }
  return true;
}

bool is_strings(cbytes rest) noexcept {
  if (rest.empty()) return false;
  while (!rest.empty()) {
    const std::size_t length = 1 + octet(rest, 0);
    if (rest.size() < length) return false;
    rest = rest.subspan(length);
  }
  return true;
}

}  // namespace

std::string_view rdata_layout(record_type type) noexcept {
  using enum record_type;
  switch (type) {
    case a: return "a";
    case ns:
    case md:
    case mf:
    case cname:
    case mb:
    case mg:
    case mr:
    case ptr: return "N";
    case soa: return "NN4tttt";
    case hinfo: return "ss";
    case minfo: return "NN";
    case mx: return "2N";
    case txt:
    case spf: return "S";
    case rp: return "nn";
    case afsdb:
    case rt:
    case kx:
    case lp: return "2n";
    case px: return "2nn";
    case x25: return "s";
    case isdn: return "S";
    case aaaa: return "A";
    case loc: return "l";
    case srv: return "222n";
    case naptr: return "22sssn";
    case cert: return "221b";
    case dname: return "n";
    case ds:
    case cds:
    case dlv: return "211h";
    case sshfp: return "11h";
    case rrsig:
    case sig: return "r114TT2nb";
    case nsec: return "nm";
    case dnskey:
    case cdnskey:
    case key: return "211b";
    case dhcid:
    case openpgpkey: return "b";
    case nsec3: return "112xym";
    case nsec3param: return "112x";
    case tlsa:
    case smimea: return "111h";
    case csync: return "42m";
    case zonemd: return "411h";
    case svcb:
    case https: return "2np";
    case nid:
    case l64: return "28";
    case l32: return "2a";
    case eui48: return "e";
    case eui64: return "E";
    case uri: return "22q";
    case caa: return "1cq";
    default: return "?";
  }
}

std::optional<std::size_t> field_size(char field, cbytes rest) noexcept {
  const auto fixed = [&](std::size_t size) {
    return rest.size() >= size ? std::optional(size) : std::nullopt;
  };
  switch (field) {
    case '1': return fixed(1);
    case '2':
    case 'r': return fixed(2);
    case '4':
    case 't':
    case 'T':
    case 'a': return fixed(4);
    case 'e': return fixed(6);
    case 'E':
    case '8': return fixed(8);
    case 'A':
    case 'l': return fixed(16);
    case 's':
    case 'c':
    case 'x':
    case 'y':
      if (rest.empty()) return std::nullopt;
      return fixed(1 + octet(rest, 0));
    case 'S': return all_if(rest, is_strings(rest));
    case 'm': return all_if(rest, is_bitmap(rest));
    case 'p': return all_if(rest, is_parameters(rest));
    default: return rest.size();
  }
}

bool is_valid_rdata(record_type type, cbytes rdata) noexcept {
  for (const char field : rdata_layout(type)) {
    std::size_t size = 0;
    if (field == 'N' || field == 'n') {
      const auto found = name_view::front_of(rdata);
      if (!found) return false;
      size = found->size();
    } else {
      const auto found = field_size(field, rdata);
      if (!found) return false;
      size = *found;
    }
    rdata = rdata.subspan(size);
  }
  return rdata.empty();
}

bool bitmap_has(cbytes bitmap, record_type type) noexcept {
  const auto number = static_cast<std::uint16_t>(type);
  while (bitmap.size() >= 2) {
    const std::size_t window = octet(bitmap, 0);
    const std::size_t length = octet(bitmap, 1);
    if (bitmap.size() < 2 + length) return false;
    if (window == number >> 8) {
      const std::size_t at = (number & 0xff) / 8;
      return at < length && (octet(bitmap, 2 + at) & (0x80u >> (number % 8))) != 0;
    }
    bitmap = bitmap.subspan(2 + length);
  }
  return false;
}

}  // namespace mirage::dns
