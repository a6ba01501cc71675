// SPDX-License-Identifier: ISC
// Two machines with TCP over IP in memory and a wire between them, wired as a stack does.
#pragma once

#include <cstdint>
#include <utility>

#include "mirage/memory/ip.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/tcp.hpp"
#include "virtual_subject.hpp"

namespace mirage::test {

template <class Address>
Address address_of(unsigned last) {
  if constexpr (Address::size == 4)
    return Address(0x0a000000 + last);
  else
    return Address(0x20010db800000000, last);
}

template <class Address>
struct tcp_machine {
  tcp_machine(mac_address mac, unsigned ours, unsigned theirs, const tcp_options& options, std::uint32_t mtu,
              std::uint32_t queue)
      : network(mac, {.mtu = memory::ip<Address>::link_mtu, .queue = queue}),
        ip(network, address_of<Address>(ours), address_of<Address>(theirs), mtu),
        tcp_(ip, "tcp", options),
        listening(network.listen(*this)) {}
  tcp_machine(const tcp_machine&) = delete;
  tcp_machine& operator=(const tcp_machine&) = delete;

  // The sink of the network ...
  void input(buffer&& frame, const v1::received& how) { ip.input(std::move(frame), how, *this); }
  void batch_end() { tcp_.batch_end(); }
  void writable() { tcp_.writable(); }
  // ... and of IP.
  void tcp(const v1::ip_header<Address>& header, buffer&& segment, const v1::received& how) noexcept {
    tcp_.input(header, std::move(segment), how);
  }
  void udp(const v1::ip_header<Address>&, buffer&&, const v1::received&) noexcept {}
  void icmp(const v1::ip_header<Address>&, buffer&&, const v1::received&) noexcept {}

  memory::network network;
  memory::ip<Address> ip;
  mirage::tcp<memory::ip<Address>> tcp_;
  subscription listening;
};

template <class Address>
struct two_machines : virtual_subject {
  two_machines() : two_machines(tcp_options{}) {}
  explicit two_machines(const tcp_options& options, std::uint32_t mtu = 1500, std::uint32_t queue = 256)
      : server_("02:00:00:00:00:01", 1, 2, options, mtu, queue),
        client_("02:00:00:00:00:02", 2, 1, options, mtu, queue) {
    connect(server_.network, client_.network);
  }
  using tcp = mirage::tcp<memory::ip<Address>>;
  tcp& device() { return server_.tcp_; }
  tcp& client() { return client_.tcp_; }
  static ip_address address() { return address_of<Address>(1); }
  static ip_address foreign() { return address_of<Address>(3); }

  tcp_machine<Address> server_;
  tcp_machine<Address> client_;
};

}  // namespace mirage::test
