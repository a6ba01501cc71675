// SPDX-License-Identifier: ISC
// For the suites of IP and of what stands on it: two ends with a wire between them.
#pragma once

#include <functional>
#include <utility>

#include "mirage/memory/ip.hpp"
#include "mirage/memory/network.hpp"
#include "mirage/test/suites/ip_suite.hpp"
#include "wired_subject.hpp"

namespace mirage::test {

/// Hands each frame on.
struct frame_receiver {
  void input(buffer&& frame, const v1::received& how) { to(std::move(frame), how); }
  void batch_end() {}
  void writable() {}
  std::function<void(buffer&&, const v1::received&)> to;
};

template <class Address>
struct ip_subject : virtual_subject {
  ip_subject() {
    connect(near_network, far_network);
    near_receiver.to = [this](buffer&& packet, const v1::received& how) {
      near_ip.input(std::move(packet), how, near_protocols);
    };
    far_receiver.to = [this](buffer&& packet, const v1::received& how) {
      far_ip.input(std::move(packet), how, far_protocols);
    };
    near_listening_ = near_network.listen(near_receiver);
    far_listening_ = far_network.listen(far_receiver);
  }
  static Address address(unsigned last) {
    if constexpr (Address::size == 4)
      return Address(0x0a000000 + last);
    else
      return Address(0x20010db800000000, last);
  }

  memory::network near_network{near_mac, {.mtu = memory::ip<Address>::link_mtu}};
  memory::network far_network{far_mac, {.mtu = memory::ip<Address>::link_mtu}};
  memory::ip<Address> near_ip{near_network, address(1), address(2)};
  memory::ip<Address> far_ip{far_network, address(2), address(1)};
  recording_protocols<Address> near_protocols;
  recording_protocols<Address> far_protocols;
  frame_receiver near_receiver;
  frame_receiver far_receiver;

 private:
  subscription near_listening_;
  subscription far_listening_;
};

}  // namespace mirage::test
