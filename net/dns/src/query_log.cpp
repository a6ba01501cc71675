// SPDX-License-Identifier: ISC
#include "mirage/dns/query_log.hpp"

#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"

namespace mirage::dns::detail {

void write_query(const query& asked, const ip_address& client, std::string_view transport, rcode code,
                 std::size_t size) noexcept {
  if (!asked.has_question()) return query_log.debug("{} {} malformed {} {}", client, transport, code, size);
  query_log.debug("{} {} {} {} {} {} {}", client, transport, asked.question_name(), asked.in_class(),
                  asked.type(), code, size);
}

}  // namespace mirage::dns::detail
