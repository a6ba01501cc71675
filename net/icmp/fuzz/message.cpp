// SPDX-License-Identifier: ISC
// Any bytes as a message, and as a packet of which something is told: what is quoted lies in the message, and
// an error message about anything is read as one. covers: src/read.cpp src/error_message.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/icmp/error_message.hpp"
#include "mirage/icmp/read.hpp"
#include "mirage/ipv4/wire.hpp"

using namespace mirage;

namespace {

void check(bool holds) {
  if (!holds) std::abort();
}

void read(cbytes message) {
  const icmp_reading known = read_icmp(message);
  if (known.kind != icmp_kind::report) return;
  const cbytes quoted = known.report.quoted;
  check(quoted.size() >= 8 && quoted.data() > message.data() &&
        quoted.data() + quoted.size() == message.data() + message.size());
#ifdef MIRAGE_PLANTED_BUG
  check(known.report.mtu != 1280);
#endif
}

void tell(cbytes packet) {
  const auto header = ipv4_header::of(packet);
  if (!header) return;
  const ipv4_fields fields = header->fields();
  const icmp_subject about{{.source = fields.source,
                            .destination = fields.destination,
                            .protocol = static_cast<v1::ip_protocol>(fields.protocol)},
                           header->header(),
                           packet.first(fields.total_length).subspan(header->header_size())};
  if (!may_be_told(about)) return;
  for (const icmp_error what : {icmp_error::protocol_unreachable, icmp_error::port_unreachable,
                                icmp_error::reassembly_time_exceeded}) {
    std::vector<std::byte> message(error_message_size(about));
    check(message.size() <= 576 - 20);
    check(write_error_message(message, what, about) == message.size());
    const icmp_reading known = read_icmp(message);
    check(known.kind == (about.payload.size() >= 8 ? icmp_kind::report : icmp_kind::malformed));
    if (known.kind == icmp_kind::report) check(known.report.about.source == fields.source);
    check(!may_be_told(
        {{.source = fields.source, .protocol = v1::ip_protocol::icmp}, about.header_bytes, message}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> message(size);
  std::ranges::copy(std::as_bytes(std::span(data, size)), message.begin());
  read(message);
  tell(message);
  // A fuzzer does not find checksums.
  if (size >= icmp_header::size) {
    store_be16(&message[2], 0);
    icmp_header::finish(message);
    read(message);
  }
  return 0;
}
