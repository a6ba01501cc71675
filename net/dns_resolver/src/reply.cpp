// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/reply.hpp"

#include <algorithm>

#include "mirage/dns/extended_error.hpp"

namespace mirage {

namespace {

constexpr std::size_t without_edns = 512;
constexpr std::size_t most_by_udp = 1232;
constexpr std::size_t edns_size = 11 + sizeof(dns::extended_error_option);

bool add(dns::message_writer& out, dns::section where, const dns_record_set& set,
         bool with_signatures) noexcept {
  bool fits = true;
  const auto add_each = [&](dns::record_type type, cbytes records) {
    dnssec::for_each_record(records, [&](cbytes rdata) {
      fits = fits && out.add_record(where, set.owner, type, dns::record_class::in, set.ttl, rdata);
    });
  };
  add_each(set.type, set.data);
  if (with_signatures) add_each(dns::record_type::rrsig, set.signatures);
  return fits;
}

}  // namespace

std::size_t longest_reply(const dns::query& asked) noexcept {
  if (!asked.options()) return without_edns;
  return std::clamp<std::size_t>(asked.options()->payload, without_edns, most_by_udp);
}

std::size_t write_reply(const dns::query& asked, const dns_resolution& found, bytes to) noexcept {
  dns::message_writer out(to);
  const bool dnssec_ok = asked.dnssec_ok();
  dns::header head{.id = asked.head().id,
                   .response = true,
                   .operation = asked.head().operation,
                   .recursion_desired = asked.head().recursion_desired,
                   .recursion_available = true,
                   .authentic_data = found.is_secure && (dnssec_ok || asked.head().authentic_data),
                   .checking_disabled = asked.head().checking_disabled,
                   .code = found.code};
  bool fits = true;
  // In the letters in which it was asked.
  if (asked.has_question()) fits = out.add_question(asked.question_name(), asked.type(), asked.in_class());
  out.reserve(asked.options() ? edns_size : 0);
  for (const dns_record_set& set : found.records)
    fits = fits && add(out, dns::section::answer, set, dnssec_ok);
  fits = fits && add(out, dns::section::authority, found.authority, dnssec_ok);
  if (dnssec_ok)
    for (const dns_record_set& set : found.proof) fits = fits && add(out, dns::section::authority, set, true);
  out.reserve(0);
  if (asked.options()) {
    const auto option = dns::option_of(found.why.value_or(dns::extended_error::other));
    (void)out.add_edns({.dnssec_ok = dnssec_ok, .options = found.why ? cbytes(option) : cbytes()});
  }
  head.truncated = !fits;
  out.set_header(head);
  return out.finish().size();
}

std::size_t write_refusal(const dns::query& asked, dns::rcode code, bytes to) noexcept {
  return write_reply(asked, {.code = code}, to);
}

}  // namespace mirage
