// SPDX-License-Identifier: ISC
#include "mirage/dns_server/responder.hpp"

#include <algorithm>

#include "lookup.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/query.hpp"

namespace mirage::dns {

namespace {

constexpr std::size_t plain_udp = 512;  // RFC 1035 §4.2.1
constexpr std::size_t greatest_message = 65535;
constexpr std::size_t opt_size = 11;
constexpr std::size_t cookie_option_size = 4 + sizeof(cookie_pair);

/// The first cookie option, if there is one.
std::optional<cbytes> cookie_of(const query& asked) noexcept {
  if (!asked.options()) return std::nullopt;
  cbytes rest = asked.options()->options;
  while (const auto option = next_option(rest))
    if (option->code == option_code::cookie) return option->data;
  return std::nullopt;
}

/// Types that are only asked for and that there is no answer to here.
bool is_transfer(record_type type) noexcept { return type == record_type::axfr || type == record_type::ixfr; }
bool is_not_implemented(record_type type) noexcept {
  return type == record_type::maila || type == record_type::mailb || type == record_type::tkey ||
         type == record_type::tsig;
}

}  // namespace

std::size_t greatest_answer(const query& asked, const responder_options& options) noexcept {
  if (!asked.options()) return plain_udp;
  const std::size_t most = std::max<std::size_t>(options.udp_payload, plain_udp);
  return std::clamp<std::size_t>(asked.options()->payload, plain_udp, most);
}

answered responder::answer(const query& asked, bytes out, transport over, const ip_address& client,
                           std::uint32_t seconds) const noexcept {
  if (asked.kind() == query_kind::drop) return {};
  const header& head = asked.head();
  const std::size_t most = over == transport::tcp ? greatest_message : greatest_answer(asked, options_);
  message_writer writer(out.first(std::min(out.size(), most)));
  lookup_outcome outcome{.authoritative = false};
  if (asked.has_question())
    static_cast<void>(writer.append_question(asked.question(), asked.question_name()));

  const auto cookie = cookie_of(asked);
  const auto state = cookie ? cookies_.check(*cookie, client, seconds) : cookie_state::unknown;
  const bool bad_cookie = state == cookie_state::malformed;
  const std::size_t last = asked.options() ? opt_size + (cookie ? cookie_option_size : 0) : 0;
  writer.reserve(last);

  if (head.operation != opcode::query) {
    outcome.code = rcode::not_implemented;
  } else if (asked.kind() == query_kind::format_error || bad_cookie) {
    outcome.code = rcode::format_error;
  } else if (asked.options() && asked.options()->version != 0) {
    outcome.code = rcode::bad_version;
  } else if (asked.type() == record_type::opt) {
    outcome.code = rcode::format_error;
  } else if (is_not_implemented(asked.type())) {
    outcome.code = rcode::not_implemented;
  } else if (asked.in_class() != record_class::in || is_transfer(asked.type())) {
    outcome.code = rcode::refused;
  } else {
    // The records of a delegation's DS are the parent's (RFC 4035 §3.1.4.1).
    const unsigned labels = asked.name().labels();
    const zone* in = nullptr;
    if (asked.type() == record_type::ds && labels > 0) in = zones_.find(asked.name(), labels - 1);
    if (in == nullptr) in = zones_.find(asked.name(), labels);
    if (in == nullptr)
      outcome.code = rcode::refused;
    else if (zones_.is_unavailable(*in))
      outcome.code = rcode::server_failure;
    else
      outcome = lookup(*in, asked.type(), asked.dnssec_ok(), writer).answer(asked.name());
  }

  writer.reserve(0);
  if (asked.options()) {
    std::array<std::byte, cookie_option_size> option;
    edns reply{.payload = options_.udp_payload,
               .extended_code = static_cast<std::uint8_t>(static_cast<unsigned>(outcome.code) >> 4),
               .dnssec_ok = asked.dnssec_ok()};
    if (cookie && !bad_cookie) {
      store_be16(option.data(), static_cast<std::uint16_t>(option_code::cookie));
      store_be16(option.data() + 2, sizeof(cookie_pair));
      std::ranges::copy(cookies_.make(*cookie, client, seconds), option.begin() + 4);
      reply.options = option;
    }
    static_cast<void>(writer.add_edns(reply));
  }
  writer.set_header({.id = head.id,
                     .response = true,
                     .operation = head.operation,
                     .authoritative = outcome.authoritative,
                     .truncated = outcome.truncated,
                     .recursion_desired = head.recursion_desired,
                     .checking_disabled = head.checking_disabled,
                     .code = outcome.code});
  return {.size = writer.finish().size(),
          .code = outcome.code,
          .type = asked.has_question() ? asked.type() : record_type{},
          .truncated = outcome.truncated,
          .client_is_known = state == cookie_state::known};
}

}  // namespace mirage::dns
