// SPDX-License-Identifier: ISC
// The whole receive path of a live stack: any frames, with time between them, to a host that echoes on UDP
// port 7 and TCP port 80. A byte before each frame says which of its parts are made plausible, because a
// fuzzer finds neither addresses nor checksums. Whatever the host sends must be well-formed, and all memory
// comes back. covers: ../ethernet/src/classify.cpp ../arp/src/core.cpp ../ipv4/src/examine.cpp
// ../icmp/src/read.cpp ../udp/src/read.cpp
#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <vector>

#include "mirage/core/scope.hpp"
#include "mirage/test/direct_host.hpp"
#include "mirage/test/virtual_node.hpp"

using namespace mirage;

namespace {

constexpr mac_address our_mac = "02:00:00:00:00:01";
constexpr mac_address their_mac = "02:00:00:00:00:02";
constexpr ipv4_address ours = "10.0.0.1";
constexpr ipv4_address theirs = "10.0.0.2";
constexpr ipv4_prefix our_address = "10.0.0.1/24";

void check(bool holds) {
  if (!holds) std::abort();
}

/// Every frame that is sent is looked at as a strict receiver would.
void check_frame(cbytes frame) {
  const auto header = ethernet_header::of(frame);
  check(header.has_value() && header->source() == our_mac);
  const cbytes packet = frame.subspan(ethernet_header::size);
  if (header->type() == ethertype::arp) return check(arp_packet::of(packet).has_value());
  check(header->type() == ethertype::ipv4);
  const auto ip = ipv4_header::of(packet);
  check(ip && ip->is_checksum_right() && ip->total_length() == packet.size());
  const ipv4_fields fields = ip->fields();
  check(fields.source == ours && !fields.destination.is_unspecified());
  if (ip->is_fragment()) return;
  const cbytes payload = packet.subspan(ip->header_size());
  if (fields.protocol == 1) return check(checksum::sum_of(payload) == checksum::verified);
  check(fields.protocol == 6 || fields.protocol == 17);
  const auto size = static_cast<std::uint32_t>(payload.size());
  check(checksum::add(checksum::pseudo_header(ours, fields.destination, fields.protocol, size),
                      checksum::sum_of(payload)) == checksum::verified);
#ifdef MIRAGE_PLANTED_BUG
  check(fields.protocol != 17);
#endif
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

void make_transport_plausible(bytes payload, std::uint8_t protocol, unsigned how) {
  const std::size_t field = protocol == 1 ? 2 : protocol == 6 ? 16 : 6;
  if (payload.size() < field + 2) return;
  if ((how & ports) != 0 && protocol != 1) store_be16(&payload[2], protocol == 6 ? 80 : 7);
  if ((how & lengths) != 0 && protocol == 17)
    store_be16(&payload[4], static_cast<std::uint16_t>(payload.size()));
  if ((how & payload_sum) == 0) return;
  store_be16(&payload[field], 0);
  std::uint16_t sum = checksum::sum_of(payload);
  if (protocol != 1)
    sum = checksum::add(
        sum, checksum::pseudo_header(theirs, ours, protocol, static_cast<std::uint32_t>(payload.size())));
  store_be16(&payload[field], checksum::finish(sum));
}

void make_plausible(bytes frame, unsigned how) {
  if (frame.size() < ethernet_header::size) return;
  if ((how & link) != 0) ethernet_header::write(frame, our_mac, their_mac, load_be16(&frame[12]));
  const bytes packet = frame.subspan(ethernet_header::size);
  if (load_be16(&frame[12]) != ethertype::ipv4 || packet.size() < ipv4_header::size) return;
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
  make_transport_plausible(packet.subspan(header->header_size()), header->fields().protocol, how);
  if ((how & header_sum) == 0) return;
  store_be16(&packet[10], 0);
  store_be16(&packet[10], checksum::finish(checksum::sum_of(header->header())));
}

using host_type = test::direct_host<checking_network>;

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
  host_type host(network, {.address = our_address});
  check(node.run(host.ipv4_layer.start()).has_value());
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
