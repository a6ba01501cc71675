// SPDX-License-Identifier: ISC
#include "mirage/dns_server/peer_responder.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"

namespace mirage::dns {

namespace {

bool is_transfer(record_type type) noexcept { return type == record_type::axfr || type == record_type::ixfr; }

/// The serial that the SOA in the authority section of an IXFR query says the secondary has (RFC 1995 §3).
std::optional<std::uint32_t> serial_of(cbytes message) noexcept {
  auto reader = message_reader::open(message);
  while (reader) {
    const auto next = reader->next_record();
    if (!next || !*next) break;
    if ((*next)->where != section::authority || (*next)->type != record_type::soa) continue;
    std::array<std::byte, 2 * longest_name + 20> rdata;
    const auto size = reader->rdata(**next, rdata);
    if (!size) break;
    return load_be32(rdata.data() + *size - 20);
  }
  return std::nullopt;
}

/// An answer that says nothing but its code.
answered write_code(const query& asked, bytes out, rcode code) noexcept {
  message_writer writer(out);
  static_cast<void>(writer.append_question(asked.question(), asked.question_name()));
  if (asked.options()) static_cast<void>(writer.add_edns({}));
  writer.set_header({.id = asked.head().id,
                     .response = true,
                     .operation = asked.head().operation,
                     .authoritative = code == rcode::no_error,
                     .recursion_desired = asked.head().recursion_desired,
                     .code = code});
  return {.size = writer.finish().size(), .code = code, .type = asked.type()};
}

}  // namespace

/// Of a query: what it was, and how the answer is signed.
struct peer_responder::signature {
  std::optional<tsig_record> record;
  const tsig_key* signer = nullptr;       // whose it is, if it is right
  std::optional<tsig_exchange> exchange;  // signs the answer
};

/// The TSIG error; `format_error` for what is none.
rcode peer_responder::check(const query& asked, std::uint64_t seconds, signature& found) const {
  const auto record = tsig_record::of(asked.message());
  if (!record || !*record) return rcode::format_error;
  found.record = **record;
  const tsig_key* key = options_.keys == nullptr ? nullptr : options_.keys->find(found.record->key);
  if (key == nullptr) return rcode::bad_key;
  found.exchange.emplace(*key);
  const rcode error = found.exchange->verify(asked.message(), *found.record, seconds);
  if (error == rcode::no_error) found.signer = key;
  return error;
}

peer_answer peer_responder::answer(const query& asked, bytes out, transport over, const ip_address& client,
                                   std::uint64_t seconds) {
  peer_answer into;
  out = out.first(std::min<std::size_t>(
      out.size(), over == transport::tcp ? 65535 : greatest_answer(asked, others_.options())));
  if (!asked.has_tsig()) {
    into.made = content(asked, out, over, client, seconds, nullptr, into);
    return into;
  }
  signature found;
  const rcode error = check(asked, seconds, found);
  switch (error) {
    case rcode::no_error: {
      const bytes room = out.first(out.size() - found.exchange->size());
      into.made = content(asked, room, over, client, seconds, found.signer, into);
      if (into.transfer)
        into.transfer->sign_with(std::move(found.exchange));
      else if (into.made.size > 0)
        into.made.size = found.exchange->sign(out, into.made.size, seconds);
      return into;
    }
    case rcode::bad_time:
    case rcode::bad_truncation:
      into.made = write_code(asked, out.first(out.size() - found.exchange->size()), rcode::not_authoritative);
      into.made.size = found.exchange->sign(out, into.made.size, seconds, error);
      return into;
    case rcode::bad_key:
    case rcode::bad_signature: {
      // Its names are the stranger's, and may be longer than there is room for.
      const std::size_t trailer = tsig_error_size(*found.record);
      const bool fits = out.size() >= header::size + trailer;
      into.made = write_code(asked, fits ? out.first(out.size() - trailer) : out, rcode::not_authoritative);
      if (fits) into.made.size = add_tsig_error(out, into.made.size, *found.record, error);
      return into;
    }
    default:  // no MAC at all, or one that says that it is wrong itself
      into.made = write_code(asked, out, rcode::format_error);
      return into;
  }
}

answered peer_responder::content(const query& asked, bytes out, transport over, const ip_address& client,
                                 std::uint64_t seconds, const tsig_key* signer, peer_answer& into) {
  if (asked.head().operation == opcode::notify) {
    const bool known = options_.notified != nullptr && asked.type() == record_type::soa;
    const rcode code =
        known ? options_.notified->notified(asked.question_name(), client, signer) : rcode::not_authoritative;
    return write_code(asked, out, code);
  }
  if (!is_transfer(asked.type()))
    return others_.answer(asked, out, over, client, static_cast<std::uint32_t>(seconds));
  const rcode code = begin_transfer(asked, over, client, signer, into);
  if (code != rcode::no_error) return write_code(asked, out, code);
  if (over == transport::tcp) return {.code = code, .type = asked.type()};
  // One datagram, or the SOA, which tells the secondary to come back over TCP (RFC 1995 §2).
  std::size_t size = into.transfer->next(out, seconds);
  if (!into.transfer->at_end() || size == 0)
    size = zone_transfer::soa_alone(asked, others_.zones().hold(asked.question_name())).next(out, seconds);
  into.transfer.reset();
  return {.size = size, .code = code, .type = asked.type()};
}

rcode peer_responder::begin_transfer(const query& asked, transport over, const ip_address& client,
                                     const tsig_key* signer, peer_answer& into) {
  if (!std::ranges::any_of(options_.transfer_to,
                           [&](const transfer_rule& each) { return each.allows(client, signer); }))
    return rcode::refused;
  if (asked.in_class() != record_class::in) return rcode::refused;
  const bool whole = asked.type() == record_type::axfr;
  if (over == transport::udp && whole) return rcode::refused;  // RFC 5936 §4.2
  auto of = others_.zones().hold(asked.question_name());
  if (!of) return rcode::not_authoritative;
  if (one_more_.owners() > options_.most_transfers) return rcode::refused;
  into.transfer = std::make_unique<zone_transfer>(whole ? zone_transfer(asked, std::move(of))
                                                        : incremental(asked, std::move(of)));
  into.transfer->hold(one_more_);
  return rcode::no_error;
}

zone_transfer peer_responder::incremental(const query& asked, shared<const zone> of) const {
  const auto serial = serial_of(asked.message());
  if (!serial) return {asked, std::move(of)};
  if (!is_newer_serial(of->serial(), *serial)) return zone_transfer::soa_alone(asked, std::move(of));
  zone_transfer::differences known;
  if (options_.versions != nullptr) known = options_.versions->since(of->origin(), *serial);
  if (known.empty()) return {asked, std::move(of)};
  return {asked, std::move(of), std::move(known)};
}

}  // namespace mirage::dns
