// SPDX-License-Identifier: ISC
// Any bytes as a message, and as a packet of which something is told: what is quoted lies in the message, and
// an error message about anything is not itself answered with one.
//
// covers: src/read.cpp src/error_message.cpp
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "mirage/icmpv6/error_message.hpp"
#include "mirage/icmpv6/read.hpp"

using namespace mirage;

namespace {

constexpr v1::ip_header<ipv6_address> from{
    .source = "2001:db8::2", .destination = "2001:db8::1", .protocol = v1::ip_protocol::icmpv6};

void check(bool holds) {
  if (!holds) std::abort();
}

void read(cbytes message) {
  const icmpv6_reading known = read_icmpv6(from, message);
  if (known.kind != icmpv6_kind::report) return;
  const cbytes quoted = known.report.quoted;
  check(quoted.size() >= 8 && quoted.data() > message.data() &&
        quoted.data() + quoted.size() == message.data() + message.size());
#ifdef MIRAGE_PLANTED_BUG
  check(known.report.what != v1::icmp_report<ipv6_address>::kind::too_long || known.report.mtu >= 1000);
#endif
}

void tell(cbytes packet) {
  const auto header = ipv6_header::of(packet);
  if (!header) return;
  const ipv6_fields fields = header->fields();
  const icmpv6_subject about{{.source = fields.source,
                              .destination = fields.destination,
                              .protocol = static_cast<v1::ip_protocol>(fields.next_header)},
                             packet.first(ipv6_header::size),
                             packet.first(header->total_length()).subspan(ipv6_header::size)};
  for (const icmpv6_error& what : {icmpv6_error::port_unreachable(), icmpv6_error::reassembly_time_exceeded(),
                                   icmpv6_error::problem(parameter_problem::unknown_option, 42, true)}) {
    if (!may_be_told(what, about)) continue;
    std::vector<std::byte> message(error_message_size(about));
    check(message.size() <= 1280 - ipv6_header::size);
    check(write_error_message(message, what, about) == message.size());
    icmpv6_header::finish(message, from.source, from.destination);
    read(message);
    check(!may_be_told(what, {from, {}, message}));
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> message(size);
  std::ranges::copy(std::as_bytes(std::span(data, size)), message.begin());
  read(message);
  tell(message);
  // A fuzzer does not find checksums.
  if (size >= icmpv6_header::size) {
    icmpv6_header::write(message, static_cast<icmpv6_type>(message[0]), 0, load_be32(&message[4]));
    icmpv6_header::finish(message, from.source, from.destination);
    read(message);
  }
  return 0;
}
