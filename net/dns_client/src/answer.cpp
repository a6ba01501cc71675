// SPDX-License-Identifier: ISC
#include "mirage/dns_client/answer.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "mirage/core/endian.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/random_case.hpp"

namespace mirage {

namespace {

using dns::record_type;
using dns::section;

constexpr unsigned most_aliases = 16;

/// RFC 2181 §8: one with the highest bit set counts as zero.
duration to_duration(std::uint32_t ttl) noexcept { return std::chrono::seconds(ttl >> 31 == 0 ? ttl : 0); }

/// What one walk over the records found of a name.
struct found {
  v1::address_list addresses{};
  std::optional<dns::name> alias{};
  duration time_to_live = duration::max();
  std::optional<duration> denial{};  // how long it may be kept, of a zone that the name is in
  unsigned extended_code = 0;
};

/// The minimum of a zone's SOA record, RFC 2308 §4; nothing where the data is malformed.
std::optional<duration> read_denial(const dns::message_reader& reader, const dns::record& soa) noexcept {
  std::array<std::byte, 2 * dns::longest_name + 20> data{};
  const auto size = reader.rdata(soa, data);
  if (!size) return std::nullopt;
  const duration minimum = to_duration(load_be32(data.data() + *size - 4));
  return std::min(minimum, to_duration(soa.ttl));
}

/// False where the data is malformed.
bool take_address(cbytes data, record_type type, v1::address_list& into) noexcept {
  const bool is_v4 = type == record_type::a;
  if (data.size() != (is_v4 ? ipv4_address::size : ipv6_address::size)) return false;
  if (into.full()) return true;
  into.push_back(is_v4 ? ip_address(ipv4_address::load(data.data()))
                       : ip_address(ipv6_address::load(data.data())));
  return true;
}

bool take(const dns::message_reader& reader, const dns::record& record, dns::name_view name,
          record_type wanted, found& into) noexcept {
  if (record.type == record_type::opt) {
    into.extended_code = record.ttl >> 24;
    return true;
  }
  if (record.in_class != dns::record_class::in) return true;
  if (record.where == section::authority && record.type == record_type::soa && name.is_within(record.owner)) {
    into.denial = read_denial(reader, record);
    return into.denial.has_value();
  }
  if (record.where != section::answer || record.owner.view() != name) return true;
  if (record.type != wanted && record.type != record_type::cname) return true;
  into.time_to_live = std::min(into.time_to_live, to_duration(record.ttl));
  if (record.type == wanted) return take_address(reader.raw_rdata(record), wanted, into.addresses);
  dns::name target;
  if (!dns::read_name(reader.message(), record.rdata_at, target)) return false;
  into.alias = target;
  return true;
}

/// Nothing where the message is malformed.
std::optional<found> find(dns::message_reader reader, dns::name_view name, record_type wanted) noexcept {
  found result;
  while (true) {
    const auto next = reader.next_record();
    if (!next) return std::nullopt;
    if (!*next) return result;
    if (!take(reader, **next, name, wanted, result)) return std::nullopt;
  }
}

dns_verdict deny(const dns::header& head, const found& last, dns_answer& into) noexcept {
  const bool is_known = head.code == dns::rcode::name_error || last.denial || head.authoritative;
  // Neither an answer nor a denial: a server that does not ask others for us.
  if (!is_known && !head.recursion_available) return dns_verdict::refused;
  into = {
      .what = head.code == dns::rcode::name_error ? dns_answer::kind::no_name : dns_answer::kind::no_address,
      .time_to_live = last.denial.value_or(duration::zero())};
  return dns_verdict::answer;
}

/// From the name that was asked for over its aliases to addresses, or to their denial.
dns_verdict follow(const dns::message_reader& reader, const dns_question& question,
                   dns_answer& into) noexcept {
  dns::name name = question.name;
  duration time_to_live = duration::max();
  for (unsigned aliases = 0; aliases <= most_aliases; ++aliases) {
    const auto here = find(reader, name, question.type);
    if (!here) return dns_verdict::malformed;
    // BADVERS, or a code that is not known: there is no answer beside it.
    if (here->extended_code != 0) return question.edns ? dns_verdict::without_edns : dns_verdict::refused;
    time_to_live = std::min(time_to_live, here->time_to_live);
    if (!here->addresses.empty()) {
      into = {
          .what = dns_answer::kind::addresses, .addresses = here->addresses, .time_to_live = time_to_live};
      return dns_verdict::answer;
    }
    if (!here->alias) return deny(reader.head(), *here, into);
    name = *here->alias;
  }
  return dns_verdict::refused;
}

/// RFC 6891 §7: a server that does not know EDNS says FORMERR, some without the question, or NOTIMP.
bool does_not_know_edns(const dns::header& head) noexcept {
  return head.code == dns::rcode::format_error || head.code == dns::rcode::not_implemented;
}

}  // namespace

std::size_t write_question(const dns_question& question, std::uint16_t payload, bytes to) noexcept {
  dns::message_writer out(to);
  out.set_header({.id = question.id, .recursion_desired = true});
  bool fits = out.add_question(question.name, question.type);
  if (question.edns) fits = fits && out.add_edns({.payload = payload});
  return fits ? out.finish().size() : 0;
}

dns_verdict read_answer(cbytes message, const dns_question& question, dns_answer& into) noexcept {
  auto reader = dns::message_reader::open(message);
  if (!reader) return dns_verdict::malformed;
  const dns::header& head = reader->head();
  if (!head.response || head.operation != dns::opcode::query || head.id != question.id)
    return dns_verdict::unexpected;
  if (question.edns && head.count(section::question) == 0 && does_not_know_edns(head))
    return dns_verdict::without_edns;
  if (head.count(section::question) != 1) return dns_verdict::unexpected;
  const auto asked = reader->next_question();
  if (!asked) return dns_verdict::malformed;
  const dns::question& repeated = **asked;
  if (repeated.subject != question.name || repeated.type != question.type ||
      repeated.in_class != dns::record_class::in)
    return dns_verdict::unexpected;
  if (!dns::is_same_case(repeated.subject, question.name)) return dns_verdict::other_case;
  if (head.truncated) return dns_verdict::truncated;
  if (question.edns && does_not_know_edns(head)) return dns_verdict::without_edns;
  if (head.code != dns::rcode::no_error && head.code != dns::rcode::name_error) return dns_verdict::refused;
  return follow(*reader, question, into);
}

}  // namespace mirage
