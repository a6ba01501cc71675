// SPDX-License-Identifier: ISC
#include "mirage/dns/types.hpp"

#include <array>

#include "ascii.hpp"
#include "mirage/core/address_text.hpp"
#include "mirage/core/format.hpp"

namespace mirage::dns {

namespace {

struct type_name {
  record_type type;
  std::string_view name;
};

constexpr std::array type_names{
    type_name{record_type::a, "A"},
    type_name{record_type::ns, "NS"},
    type_name{record_type::md, "MD"},
    type_name{record_type::mf, "MF"},
    type_name{record_type::cname, "CNAME"},
    type_name{record_type::soa, "SOA"},
    type_name{record_type::mb, "MB"},
    type_name{record_type::mg, "MG"},
    type_name{record_type::mr, "MR"},
    type_name{record_type::null, "NULL"},
    type_name{record_type::wks, "WKS"},
    type_name{record_type::ptr, "PTR"},
    type_name{record_type::hinfo, "HINFO"},
    type_name{record_type::minfo, "MINFO"},
    type_name{record_type::mx, "MX"},
    type_name{record_type::txt, "TXT"},
    type_name{record_type::rp, "RP"},
    type_name{record_type::afsdb, "AFSDB"},
    type_name{record_type::x25, "X25"},
    type_name{record_type::isdn, "ISDN"},
    type_name{record_type::rt, "RT"},
    type_name{record_type::sig, "SIG"},
    type_name{record_type::key, "KEY"},
    type_name{record_type::px, "PX"},
    type_name{record_type::aaaa, "AAAA"},
    type_name{record_type::loc, "LOC"},
    type_name{record_type::srv, "SRV"},
    type_name{record_type::naptr, "NAPTR"},
    type_name{record_type::kx, "KX"},
    type_name{record_type::cert, "CERT"},
    type_name{record_type::dname, "DNAME"},
    type_name{record_type::opt, "OPT"},
    type_name{record_type::apl, "APL"},
    type_name{record_type::ds, "DS"},
    type_name{record_type::sshfp, "SSHFP"},
    type_name{record_type::ipseckey, "IPSECKEY"},
    type_name{record_type::rrsig, "RRSIG"},
    type_name{record_type::nsec, "NSEC"},
    type_name{record_type::dnskey, "DNSKEY"},
    type_name{record_type::dhcid, "DHCID"},
    type_name{record_type::nsec3, "NSEC3"},
    type_name{record_type::nsec3param, "NSEC3PARAM"},
    type_name{record_type::tlsa, "TLSA"},
    type_name{record_type::smimea, "SMIMEA"},
    type_name{record_type::hip, "HIP"},
    type_name{record_type::cds, "CDS"},
    type_name{record_type::cdnskey, "CDNSKEY"},
    type_name{record_type::openpgpkey, "OPENPGPKEY"},
    type_name{record_type::csync, "CSYNC"},
    type_name{record_type::zonemd, "ZONEMD"},
    type_name{record_type::svcb, "SVCB"},
    type_name{record_type::https, "HTTPS"},
    type_name{record_type::spf, "SPF"},
    type_name{record_type::nid, "NID"},
    type_name{record_type::l32, "L32"},
    type_name{record_type::l64, "L64"},
    type_name{record_type::lp, "LP"},
    type_name{record_type::eui48, "EUI48"},
    type_name{record_type::eui64, "EUI64"},
    type_name{record_type::tkey, "TKEY"},
    type_name{record_type::tsig, "TSIG"},
    type_name{record_type::ixfr, "IXFR"},
    type_name{record_type::axfr, "AXFR"},
    type_name{record_type::mailb, "MAILB"},
    type_name{record_type::maila, "MAILA"},
    type_name{record_type::any, "ANY"},
    type_name{record_type::uri, "URI"},
    type_name{record_type::caa, "CAA"},
    type_name{record_type::dlv, "DLV"},
};

// `TYPE` or `CLASS` with a number behind it.
std::optional<std::uint16_t> numbered(std::string_view text, std::string_view word) noexcept {
  if (text.size() <= word.size() || !equal_ignoring_case(text.substr(0, word.size()), word))
    return std::nullopt;
  const auto number = mirage::detail::parse_decimal(text.substr(word.size()), 0xffff);
  if (!number) return std::nullopt;
  return static_cast<std::uint16_t>(*number);
}

void format_or_number(text_writer& out, std::string_view name, std::string_view word,
                      unsigned number) noexcept {
  if (name.empty())
    format_to(out, "{}{}", word, number);
  else
    out.append(name);
}

}  // namespace

std::string_view name_of(record_type type) noexcept {
  for (const type_name& each : type_names)
    if (each.type == type) return each.name;
  return {};
}

std::optional<record_type> parse_record_type(std::string_view text) noexcept {
  for (const type_name& each : type_names)
    if (equal_ignoring_case(each.name, text)) return each.type;
  const auto number = numbered(text, "TYPE");
  if (!number) return std::nullopt;
  return static_cast<record_type>(*number);
}

std::string_view name_of(rcode code) noexcept {
  switch (code) {
    case rcode::no_error: return "NOERROR";
    case rcode::format_error: return "FORMERR";
    case rcode::server_failure: return "SERVFAIL";
    case rcode::name_error: return "NXDOMAIN";
    case rcode::not_implemented: return "NOTIMP";
    case rcode::refused: return "REFUSED";
    case rcode::name_exists: return "YXDOMAIN";
    case rcode::set_exists: return "YXRRSET";
    case rcode::no_such_set: return "NXRRSET";
    case rcode::not_authoritative: return "NOTAUTH";
    case rcode::not_zone: return "NOTZONE";
    case rcode::bad_version: return "BADVERS";
    case rcode::bad_key: return "BADKEY";
    case rcode::bad_time: return "BADTIME";
    case rcode::bad_truncation: return "BADTRUNC";
    case rcode::bad_cookie: return "BADCOOKIE";
  }
  return {};
}

std::string_view name_of(opcode code) noexcept {
  switch (code) {
    case opcode::query: return "QUERY";
    case opcode::iquery: return "IQUERY";
    case opcode::status: return "STATUS";
    case opcode::notify: return "NOTIFY";
    case opcode::update: return "UPDATE";
    case opcode::stateful: return "DSO";
  }
  return {};
}

std::optional<record_class> parse_record_class(std::string_view text) noexcept {
  if (equal_ignoring_case(text, "IN")) return record_class::in;
  if (equal_ignoring_case(text, "CH")) return record_class::chaos;
  if (equal_ignoring_case(text, "HS")) return record_class::hesiod;
  if (equal_ignoring_case(text, "NONE")) return record_class::none;
  if (equal_ignoring_case(text, "ANY")) return record_class::any;
  const auto number = numbered(text, "CLASS");
  if (!number) return std::nullopt;
  return static_cast<record_class>(*number);
}

void format(text_writer& out, record_type type) noexcept {
  format_or_number(out, name_of(type), "TYPE", static_cast<unsigned>(type));
}

void format(text_writer& out, record_class value) noexcept {
  switch (value) {
    case record_class::in: return out.append("IN");
    case record_class::chaos: return out.append("CH");
    case record_class::hesiod: return out.append("HS");
    case record_class::none: return out.append("NONE");
    case record_class::any: return out.append("ANY");
  }
  format_or_number(out, {}, "CLASS", static_cast<unsigned>(value));
}

void format(text_writer& out, rcode code) noexcept {
  format_or_number(out, name_of(code), "RCODE", static_cast<unsigned>(code));
}

void format(text_writer& out, opcode code) noexcept {
  format_or_number(out, name_of(code), "OPCODE", static_cast<unsigned>(code));
}

}  // namespace mirage::dns
