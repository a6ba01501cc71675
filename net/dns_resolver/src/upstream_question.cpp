// SPDX-License-Identifier: ISC
#include "mirage/dns_resolver/upstream_question.hpp"

#include "mirage/dns/message.hpp"
#include "mirage/dns/random_case.hpp"

namespace mirage {

dns_upstream_question::dns_upstream_question(dns::name_view name, dns::record_type type,
                                             std::uint64_t random) noexcept
    : name_(dns::in_random_case(name, random)), type_(type), id_(static_cast<std::uint16_t>(random)) {}

std::size_t dns_upstream_question::emit(bytes to) const noexcept {
  dns::message_writer out(to);
  out.set_header({.id = id_});
  const bool fits = out.add_question(name_, type_) && out.add_edns({.dnssec_ok = true});
  return fits ? out.finish().size() : 0;
}

dns_upstream_question::verdict dns_upstream_question::check(cbytes message) const noexcept {
  auto reader = dns::message_reader::open(message);
  if (!reader) return verdict::unexpected;
  const dns::header& head = reader->head();
  const bool is_response = head.response && head.operation == dns::opcode::query && head.id == id_;
  if (!is_response || head.count(dns::section::question) != 1) return verdict::unexpected;
  const auto asked = reader->next_question();
  if (!asked || (*asked)->subject != name_ || (*asked)->type != type_ ||
      (*asked)->in_class != dns::record_class::in)
    return verdict::unexpected;
  const bool is_whole = !head.truncated && dns::is_same_case((*asked)->subject, name_);
  return is_whole ? verdict::answer : verdict::over_tcp;
}

bool dns_upstream_question::is_answered_by_stream(cbytes message) const noexcept {
  return check(message) != verdict::unexpected;
}

}  // namespace mirage
