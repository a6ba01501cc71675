// SPDX-License-Identifier: ISC
#include "mirage/nat.hpp"

#include "mirage/core/os.hpp"
#include "mirage/ipv4/wire.hpp"

namespace mirage {

namespace {

[[nodiscard]] nat_verdict verdict_of(nat_reading what) noexcept {
  switch (what) {
    case nat_reading::malformed: return nat_verdict::malformed;
    case nat_reading::bad_checksum: return nat_verdict::bad_checksum;
    case nat_reading::flow:
    case nat_reading::report:
    case nat_reading::unsupported: break;
  }
  return nat_verdict::unsupported;
}

[[nodiscard]] nat_verdict verdict_of(nat_refusal why) noexcept {
  switch (why) {
    case nat_refusal::no_mapping: return nat_verdict::not_inside;
    case nat_refusal::filtered: return nat_verdict::filtered;
    case nat_refusal::full: return nat_verdict::full;
    case nat_refusal::no_port: return nat_verdict::no_port;
    case nat_refusal::no_session: break;
  }
  return nat_verdict::no_session;
}

}  // namespace

nat::nat(ipv4_address outside, const nat_options& options)
    : outside_(outside), table_(options), identification_(os::random64()) {}

void nat::set_address(ipv4_address outside) noexcept {
  outside_ = outside;
  table_.clear();
}

nat_translation nat::outbound(cbytes packet, instant now) noexcept {
  nat_translation made{.source = true, .known = read_nat_packet(packet)};
  const nat_flow& flow = made.known.flow;
  if (made.known.what == nat_reading::report) {
    if (flow.protocol == nat_protocol::echo && !flow.is_echo_reply)
      return {.verdict = nat_verdict::stray_report};
    const auto port = table_.outside_port(flow.protocol, flow.destination);
    if (!port) return {.verdict = nat_verdict::stray_report};
    made.to = {outside_, *port};
  } else if (made.known.what == nat_reading::flow) {
    // Nobody inside is asked from outside, so there is nothing to answer to.
    if (flow.is_echo_reply) return {.verdict = nat_verdict::unsupported};
    const auto port = table_.outbound(flow, now);
    if (!port) return {.verdict = verdict_of(port.error())};
    made.to = {outside_, *port};
  } else {
    return {.verdict = verdict_of(made.known.what)};
  }
  made.verdict = nat_verdict::translated;
  return made;
}

nat_translation nat::inbound(cbytes packet, instant now) noexcept {
  nat_translation made{.source = false, .known = read_nat_packet(packet)};
  const nat_flow& flow = made.known.flow;
  if (made.known.what == nat_reading::report) {
    if (flow.source.address != outside_) return {.verdict = nat_verdict::stray_report};
    // What nobody inside has sent may be the router's own.
    if (flow.is_echo_reply) return {.verdict = nat_verdict::not_inside};
    const auto inside = table_.inside_of(flow.protocol, flow.source.port, flow.destination);
    if (!inside) return {.verdict = nat_verdict::not_inside};
    made.to = *inside;
  } else if (made.known.what == nat_reading::flow) {
    if (flow.protocol == nat_protocol::echo && !flow.is_echo_reply)
      return {.verdict = nat_verdict::not_inside};
    const auto inside = table_.inbound(flow, now);
    if (!inside) return {.verdict = verdict_of(inside.error())};
    made.to = *inside;
  } else {
    return {.verdict = made.known.what == nat_reading::unsupported ? nat_verdict::not_inside
                                                                   : verdict_of(made.known.what)};
  }
  made.verdict = nat_verdict::translated;
  return made;
}

// An identification says something only where a packet may be cut (RFC 6864 §4).
void nat::apply(bytes packet, const nat_translation& how) noexcept {
  if (!how.source) return rewrite_destination(packet, how.known, how.to);
  rewrite_source(packet, how.known, how.to);
  const ipv4_fields fields = ipv4_header::read(packet.data());
  if (!fields.dont_fragment)
    rewrite_identification(packet, identification_.next(fields.source, fields.destination, fields.protocol));
}

}  // namespace mirage
