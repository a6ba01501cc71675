// SPDX-License-Identifier: ISC
// The whole receive path of a live stack: any frames, with time between them, to a host that echoes on UDP
// port 7 and TCP port 80, over both versions of IP. A byte before each frame says which of its parts are made
// plausible, because a fuzzer finds neither addresses nor checksums. Whatever the host sends must be
// well-formed, and all memory comes back.
//
// covers: ../ethernet/src/classify.cpp ../arp/src/core.cpp ../ipv4/src/examine.cpp ../icmp/src/read.cpp
// ../udp/src/read.cpp ../ipv6/src/examine.cpp ../ipv6/src/header_chain.cpp ../icmpv6/src/read.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/test/dual_host.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

constexpr mac_address our_mac = "02:00:00:00:00:01";
constexpr mac_address their_mac = "02:00:00:00:00:02";
constexpr ipv4_address ours = "10.0.0.1";
constexpr ipv4_address theirs = "10.0.0.2";
constexpr ipv4_prefix our_address = "10.0.0.1/24";
constexpr ipv6_address ours6 = "2001:db8::1";
constexpr ipv6_address theirs6 = "2001:db8::2";
constexpr ipv6_prefix our_address6 = "2001:db8::1/64";

void check(bool holds) {
  if (!holds) std::abort();
}

void check_ipv4(cbytes packet) {
  const auto ip = ipv4_header::of(packet);
  check(ip && ip->is_checksum_right() && ip->total_length() == packet.size());
  const ipv4_fields fields = ip->fields();
  check(fields.source == ours && !fields.destination.is_unspecified());
  if (ip->is_fragment()) return;
  const cbytes payload = packet.subspan(ip->header_size());
  if (fields.protocol == 1) return check(checksum::sum_of(payload) == checksum::verified);
  if (fields.protocol == 2) return;
  check(fields.protocol == 6 || fields.protocol == 17);
  const auto size = static_cast<std::uint32_t>(payload.size());
  check(checksum::add(checksum::pseudo_header(ours, fields.destination, fields.protocol, size),
                      checksum::sum_of(payload)) == checksum::verified);
#ifdef MIRAGE_PLANTED_BUG
  check(fields.protocol != 17);
#endif
}

void check_ipv6(cbytes packet) {
  const auto ip = ipv6_header::of(packet);
  check(ip && ip->total_length() == packet.size());
  const ipv6_fields fields = ip->fields();
  check(fields.source == ours6 || fields.source.is_link_local() || fields.source.is_unspecified());
  const header_chain chain = walk_headers(packet);
  if (chain.verdict == chain_verdict::fragment) return;
  check(chain.verdict == chain_verdict::upper_layer);
  check(chain.protocol == 6 || chain.protocol == 17 || chain.protocol == 58);
  const cbytes payload = packet.subspan(chain.offset);
  const auto size = static_cast<std::uint32_t>(payload.size());
  check(checksum::add(checksum::pseudo_header(fields.source, fields.destination, chain.protocol, size),
                      checksum::sum_of(payload)) == checksum::verified);
}

/// Every frame that is sent is looked at as a strict receiver would.
void check_frame(cbytes frame) {
  const auto header = ethernet_header::of(frame);
  check(header.has_value() && header->source() == our_mac);
  const cbytes packet = frame.subspan(ethernet_header::size);
  switch (header->type()) {
    case ethertype::arp: return check(arp_packet::of(packet).has_value());
    case ethertype::ipv4: return check_ipv4(packet);
    default: check(header->type() == ethertype::ipv6); return check_ipv6(packet);
  }
}

class checking_network {
 public:
  checking_network() = default;
  checking_network(const checking_network&) = delete;
  checking_network& operator=(const checking_network&) = delete;
  [[nodiscard]] static std::string_view name() noexcept { return "network"; }
  [[nodiscard]] static mac_address mac() noexcept { return our_mac; }
  [[nodiscard]] static v1::capabilities capabilities() noexcept { return {}; }
  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, const buffer_list& slices) {
    check(how.segment == 0 && how.checksum_offset == 0);
    if (how.header + total_size(slices) > 1514) return fail(v1::net_error::too_long);
    std::array<std::byte, 1514> frame;
    std::size_t size = fill(bytes(frame).first(how.header));
    check(size <= how.header);
    for (const buffer& slice : slices) {
      std::ranges::copy(slice.view(), frame.begin() + static_cast<std::ptrdiff_t>(size));
      size += slice.size();
    }
    check_frame(cbytes(frame).first(size));
    return {};
  }
  template <v1::network_sink Sink>
  subscription listen(Sink& sink) noexcept {
    object_ = &sink;
    input_ = [](void* to, buffer&& frame) {
      static_cast<Sink*>(to)->input(std::move(frame), {});
      static_cast<Sink*>(to)->batch_end();
    };
    return {};
  }
  void receive(cbytes frame) {
    const loop::upcall polling;
    input_(object_, buffer::copy_of(frame));
  }

 private:
  void* object_ = nullptr;
  void (*input_)(void* to, buffer&& frame) = nullptr;
};

enum plausible : unsigned {
  link = 1,
  addresses = 2,
  lengths = 4,
  header_sum = 8,
  payload_sum = 16,
  ports = 32
};

void make_transport_plausible(bytes payload, std::uint8_t protocol, std::uint16_t pseudo_header,
                              unsigned how) {
  const std::size_t field = protocol == 6 ? 16 : protocol == 17 ? 6 : 2;
  if (payload.size() < field + 2) return;
  if ((how & ports) != 0 && field != 2) store_be16(&payload[2], protocol == 6 ? 80 : 7);
  if ((how & lengths) != 0 && protocol == 17)
    store_be16(&payload[4], static_cast<std::uint16_t>(payload.size()));
  if ((how & payload_sum) == 0) return;
  store_be16(&payload[field], 0);
  store_be16(&payload[field], checksum::finish(checksum::add(pseudo_header, checksum::sum_of(payload))));
}

void make_ipv4_plausible(bytes packet, unsigned how) {
  if (packet.size() < ipv4_header::size) return;
  if ((how & addresses) != 0) {
    theirs.store(&packet[12]);
    ours.store(&packet[16]);
  }
  if ((how & lengths) != 0) {
    packet[0] = std::byte{0x45};
    store_be16(&packet[2], static_cast<std::uint16_t>(packet.size()));
  }
  const auto header = ipv4_header::of(packet);
  if (!header) return;
  const std::uint8_t protocol = header->fields().protocol;
  const bytes payload = packet.subspan(header->header_size());
  const auto size = static_cast<std::uint32_t>(payload.size());
  make_transport_plausible(
      payload, protocol,
      protocol == 1 ? std::uint16_t{0} : checksum::pseudo_header(theirs, ours, protocol, size), how);
  if ((how & header_sum) == 0) return;
  store_be16(&packet[10], 0);
  store_be16(&packet[10], checksum::finish(checksum::sum_of(header->header())));
}

void make_ipv6_plausible(bytes packet, unsigned how) {
  if (packet.size() < ipv6_header::size) return;
  if ((how & addresses) != 0) {
    theirs6.store(&packet[8]);
    ours6.store(&packet[24]);
  }
  if ((how & lengths) != 0) {
    packet[0] = std::byte{0x60};
    store_be16(&packet[4], static_cast<std::uint16_t>(packet.size() - ipv6_header::size));
  }
  const auto header = ipv6_header::of(packet);
  if (!header) return;
  const header_chain chain = walk_headers(packet);
  if (chain.verdict != chain_verdict::upper_layer) return;
  const ipv6_fields fields = header->fields();
  const bytes payload = packet.subspan(chain.offset);
  const auto size = static_cast<std::uint32_t>(payload.size());
  make_transport_plausible(payload, chain.protocol,
                           checksum::pseudo_header(fields.source, fields.destination, chain.protocol, size),
                           how);
}

void make_plausible(bytes frame, unsigned how) {
  if (frame.size() < ethernet_header::size) return;
  const std::uint16_t type = load_be16(&frame[12]);
  if ((how & link) != 0) ethernet_header::write(frame, our_mac, their_mac, type);
  const bytes packet = frame.subspan(ethernet_header::size);
  if (type == ethertype::ipv4) make_ipv4_plausible(packet, how);
  if (type == ethertype::ipv6) make_ipv6_plausible(packet, how);
}

using host_type = test::dual_host<checking_network>;

task<> echo(tcp_flow flow) {
  while (true) {
    auto read = co_await flow.read();
    if (!read || read->empty()) break;
    auto written = co_await flow.write(*std::move(read));
    if (!written) break;
  }
  co_await flow.close();
}

task<> serve(host_type& host, scope& serving) {
  auto listener = host.tcp_layer.listen({{}, 80});
  if (!listener) co_return;
  while (true) {
    auto flow = co_await listener->accept();
    if (!flow) co_return;
    if (!serving.spawn("echo", echo(*std::move(flow)))) co_return;
  }
}

void run(test::virtual_node& node, cbytes script) {
  checking_network network;
  // At once, so that each input begins with an address.
  const ipv6_options options6{.address = our_address6, .discovery = {.duplicate_detections = 0}};
  host_type host(network, {.address = our_address}, options6);
  check(node.run(host.ipv4_layer.start()).has_value());
  check(node.run(host.ipv6_layer.start()).has_value());
  auto answering = host.udp_layer.listen({{}, 7}, [&host](v1::datagram&& came) noexcept {
    const cbytes payload = came.payload.view();
    auto fill = [payload](bytes to) noexcept {
      std::ranges::copy(payload, to.begin());
      return payload.size();
    };
    static_cast<void>(
        host.udp_layer.write({.destination = came.source, .source = came.destination}, payload.size(), fill));
  });
  scope serving;
  check(serving.spawn("serve", serve(host, serving)).has_value());
  node.settle();
  while (script.size() >= 3) {
    const auto how = std::to_integer<unsigned>(script[0]);
    const auto pause = std::to_integer<unsigned>(script[1]);
    const std::size_t length =
        std::min<std::size_t>(std::to_integer<std::size_t>(script[2]), script.size() - 3);
    std::vector<std::byte> frame(script.begin() + 3,
                                 script.begin() + 3 + static_cast<std::ptrdiff_t>(length));
    script = script.subspan(3 + length);
    make_plausible(frame, how);
    network.receive(frame);
    node.settle();
    if (pause != 0) node.advance(pause * 10ms);
  }
  serving.cancel();
  node.run(host.tcp_layer.stop());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  test::virtual_node node;
  run(node, std::as_bytes(std::span(data, size)));
  check(node.buffers.live() == 0);
  return 0;
}
