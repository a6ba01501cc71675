// SPDX-License-Identifier: ISC
#include "mirage/ipv4/undeliverable.hpp"

#include "mirage/ipv4/fields.hpp"
#include "mirage/ipv4/fragments.hpp"

namespace mirage {

void ipv4_undeliverable_reports::unknown_protocol(const v1::ip_header<ipv4_address>& header,
                                                  cbytes header_bytes, cbytes payload, bool group) noexcept {
  if (handler_ && !group)
    (*handler_)({ipv4_undeliverable::reason::unknown_protocol, header, header_bytes, payload});
}

// Only the first fragment tells the sender what it is about (RFC 792).
void ipv4_undeliverable_reports::reassembly_time(const reassembled& incomplete) noexcept {
  if (handler_ && incomplete.header != 0)
    (*handler_)({ipv4_undeliverable::reason::reassembly_time,
                 received_header(whole_fields(incomplete), interface_), incomplete.header_bytes(),
                 incomplete.payload.view()});
}

}  // namespace mirage
