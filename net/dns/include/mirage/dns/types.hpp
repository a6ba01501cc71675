// SPDX-License-Identifier: ISC
// The numbers of DNS and their names, as IANA lists them: RFC 1035 §3.2, RFC 6895; what has no name here is
// written and read as RFC 3597 §5 says, `TYPE65280` and `CLASS32`.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/text_writer.hpp"

namespace mirage::dns {

enum class record_type : std::uint16_t {
  a = 1,
  ns = 2,
  md = 3,
  mf = 4,
  cname = 5,
  soa = 6,
  mb = 7,
  mg = 8,
  mr = 9,
  null = 10,
  wks = 11,
  ptr = 12,
  hinfo = 13,
  minfo = 14,
  mx = 15,
  txt = 16,
  rp = 17,
  afsdb = 18,
  x25 = 19,
  isdn = 20,
  rt = 21,
  sig = 24,
  key = 25,
  px = 26,
  aaaa = 28,
  loc = 29,
  srv = 33,
  naptr = 35,
  kx = 36,
  cert = 37,
  dname = 39,
  opt = 41,
  apl = 42,
  ds = 43,
  sshfp = 44,
  ipseckey = 45,
  rrsig = 46,
  nsec = 47,
  dnskey = 48,
  dhcid = 49,
  nsec3 = 50,
  nsec3param = 51,
  tlsa = 52,
  smimea = 53,
  hip = 55,
  cds = 59,
  cdnskey = 60,
  openpgpkey = 61,
  csync = 62,
  zonemd = 63,
  svcb = 64,
  https = 65,
  spf = 99,
  nid = 104,
  l32 = 105,
  l64 = 106,
  lp = 107,
  eui48 = 108,
  eui64 = 109,
  tkey = 249,
  tsig = 250,
  ixfr = 251,
  axfr = 252,
  mailb = 253,
  maila = 254,
  any = 255,
  uri = 256,
  caa = 257,
  dlv = 32769,
};

enum class record_class : std::uint16_t { in = 1, chaos = 3, hesiod = 4, none = 254, any = 255 };

enum class opcode : std::uint8_t { query = 0, iquery = 1, status = 2, notify = 4, update = 5, stateful = 6 };

/// With the eight bits of EDNS (RFC 6891 §6.1.3). 16 is BADVERS in an OPT record and BADSIG in a TSIG.
enum class rcode : std::uint16_t {
  no_error = 0,
  format_error = 1,
  server_failure = 2,
  name_error = 3,
  not_implemented = 4,
  refused = 5,
  name_exists = 6,
  set_exists = 7,
  no_such_set = 8,
  not_authoritative = 9,
  not_zone = 10,
  bad_version = 16,
  bad_signature = 16,
  bad_key = 17,
  bad_time = 18,
  bad_truncation = 22,
  bad_cookie = 23,
};

/// `A`, `NSEC3`; empty for a type that has no name here.
[[nodiscard]] std::string_view name_of(record_type type) noexcept;
/// `NOERROR`, `NXDOMAIN`; empty for an unknown one.
[[nodiscard]] std::string_view name_of(rcode code) noexcept;
/// `QUERY`, `NOTIFY`; empty for an unknown one.
[[nodiscard]] std::string_view name_of(opcode code) noexcept;

/// In any case of letters, or as `TYPE65280`.
[[nodiscard]] std::optional<record_type> parse_record_type(std::string_view text) noexcept;
/// `IN`, `CH`, `HS`, `NONE`, `ANY` in any case of letters, or as `CLASS32`.
[[nodiscard]] std::optional<record_class> parse_record_class(std::string_view text) noexcept;

void format(text_writer& out, record_type type) noexcept;
void format(text_writer& out, record_class value) noexcept;
void format(text_writer& out, rcode code) noexcept;
void format(text_writer& out, opcode code) noexcept;

/// Types that stand in a query or a message only, never in a zone: OPT and 128 to 255 (RFC 6895 §3.1).
[[nodiscard]] constexpr bool is_meta(record_type type) noexcept {
  const auto number = static_cast<std::uint16_t>(type);
  return type == record_type::opt || (number >= 128 && number <= 255) || number == 0;
}

}  // namespace mirage::dns
