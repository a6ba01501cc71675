// SPDX-License-Identifier: ISC
#include "mirage/dns/query.hpp"

#include "mirage/core/endian.hpp"

namespace mirage::dns {

query::query(cbytes message) noexcept : message_(message) {
  if (message.size() < header::size) return;
  head_ = header::load(message.data());
  if (head_.response) return;  // an answer to an answer would never end
  kind_ = query_kind::format_error;
  if (head_.operation != opcode::query && head_.operation != opcode::notify) return;
  if (!read_question() || !read_records()) return;
  kind_ = query_kind::whole;
}

// The question stands alone (RFC 9619) and first, so its name has nothing to share.
bool query::read_question() noexcept {
  if (head_.count(section::question) != 1) return false;
  const cbytes rest = message_.subspan(header::size);
  const auto found = name_view::front_of(rest);
  if (!found || rest.size() - found->size() < 4) return false;
  name_.set(*found);
  type_ = static_cast<record_type>(load_be16(rest.data() + found->size()));
  class_ = static_cast<record_class>(load_be16(rest.data() + found->size() + 2));
  question_size_ = found->size() + 4;
  return true;
}

bool query::read_records() noexcept {
  const auto& counts = head_.counts;
  if (counts[1] == 0 && counts[2] == 0 && counts[3] == 0)
    return message_.size() == header::size + question_size_;
  auto reader = message_reader::open(message_);
  while (true) {
    const auto next = reader->next_record();
    if (!next) return false;
    if (!*next) return reader->position() == message_.size();
    if (!read_record(**next)) return false;
  }
}

bool query::read_record(const record& each) noexcept {
  if (has_tsig_) return false;  // RFC 8945 §5.1: it is the last
  if (each.type == record_type::opt) {
    if (edns_) return false;  // RFC 6891 §6.1.1: one at most
    const auto read = edns::read(message_, each);
    if (!read) return false;
    edns_ = *read;
  } else if (each.type == record_type::tsig) {
    if (each.where != section::additional) return false;
    has_tsig_ = true;
  } else if (each.type == record_type::soa && each.where == section::authority &&
             type_ == record_type::ixfr && each.rdata_size < 22) {
    return false;  // RFC 1995 §3: it says which serial the secondary has
  }
  return true;
}

}  // namespace mirage::dns
