// SPDX-License-Identifier: ISC
// Network address and port translation (NAPT) for IPv4: RFC 3022, RFC 4787, RFC 5382, RFC 5508. No clock and
// no I/O: it is asked what becomes of a packet, and then told to change it.
//
//   mirage::nat nat{"203.0.113.5"};
//   const nat_translation to = nat.outbound(packet.view(), now);
//   if (to.verdict == nat_verdict::translated) nat.apply(packet.writable(), to);
//
// Not implemented: more than one address outside, protocols without ports (SCTP, GRE, ESP), queries of ICMP
// other than echo, ALGs, and protocols that ask for mappings (PCP, NAT-PMP, UPnP).
#pragma once

#include <cstdint>

#include "mirage/core/address.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ip/identification.hpp"
#include "mirage/nat/options.hpp"
#include "mirage/nat/packet.hpp"
#include "mirage/nat/port_forward.hpp"
#include "mirage/nat/table.hpp"

namespace mirage {

/// `translated`: and must be changed by `apply`. `not_inside`: came from outside, and concerns nobody inside;
/// it may be for the router itself. The others are reasons to drop the packet; see nat_reading and
/// nat_refusal. `stray_report`: about a packet that nobody here has sent.
enum class nat_verdict : std::uint8_t {
  translated,
  not_inside,
  malformed,
  bad_checksum,
  unsupported,
  filtered,
  full,
  no_port,
  no_session,
  stray_report
};

struct nat_translation {
  nat_verdict verdict = nat_verdict::malformed;
  bool source = false;  ///< that is what changes; otherwise the destination
  nat_packet known{};
  nat_endpoint to{};
};

class nat {
 public:
  explicit nat(ipv4_address outside, const nat_options& options = {});

  [[nodiscard]] ipv4_address address() const noexcept { return outside_; }
  /// The address outside is another one: all connections are lost (RFC 4787 has no way to keep them).
  void set_address(ipv4_address outside) noexcept;

  /// A port of the outside address leads to a host inside from now on, for everybody. False if that port, or
  /// that port of the host, is in use already, or at the cap.
  bool forward(const port_forward& what) noexcept { return table_.forward(what); }

  /// Of a packet from inside to somebody outside, or to the address outside, where the packet is then looked
  /// at as if it had come from there (RFC 4787 REQ-9). The packet is whole, no fragment, as long as its
  /// header says, and the header is right.
  [[nodiscard]] nat_translation outbound(cbytes packet, instant now) noexcept;
  /// Of a packet to the address outside.
  [[nodiscard]] nat_translation inbound(cbytes packet, instant now) noexcept;
  /// Changes the packet that the translation is of, all checksums included, but not its TTL.
  void apply(bytes packet, const nat_translation& how) noexcept;

  [[nodiscard]] const nat_table& table() const noexcept { return table_; }
  [[nodiscard]] std::uint64_t take_evicted() noexcept { return table_.take_evicted(); }

 private:
  ipv4_address outside_;
  nat_table table_;
  identification_source<std::uint16_t> identification_;
};

}  // namespace mirage
