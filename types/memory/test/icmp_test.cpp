// SPDX-License-Identifier: ISC
#include "mirage/memory/icmp.hpp"

#include "ip_subject.hpp"
#include "mirage/test/suites/icmp_suite.hpp"

namespace mirage {
namespace {

/// Hands ICMP on, as a stack does.
template <class Icmp>
struct to_icmp : test::recording_protocols<ipv4_address> {
  void icmp(const header& from, buffer&& message, const v1::received&) {
    device->input(from, std::move(message), reports);
  }
  Icmp* device = nullptr;
  test::recording_reports<ipv4_address> reports;
};

struct icmps : test::ip_subject<ipv4_address> {
  using icmp = memory::icmp<memory::ip<ipv4_address>>;
  icmps() {
    near_protocols_.device = &near_;
    far_protocols_.device = &far_;
    near_receiver.to = [this](buffer&& packet, const v1::received& how) {
      near_ip.input(std::move(packet), how, near_protocols_);
    };
    far_receiver.to = [this](buffer&& packet, const v1::received& how) {
      far_ip.input(std::move(packet), how, far_protocols_);
    };
  }
  icmp& device() { return near_; }
  ipv4_address ours() { return near_ip.addresses().front(); }
  ipv4_address there() { return far_ip.addresses().front(); }
  static ipv4_address nobody() { return "224.0.0.99"; }

 private:
  icmp near_{near_ip};
  icmp far_{far_ip};
  to_icmp<icmp> near_protocols_;
  to_icmp<icmp> far_protocols_;
};
static_assert(v1::icmp<icmps::icmp>);
MIRAGE_CONFORMANCE(icmp_suite, memory, icmps);

}  // namespace
}  // namespace mirage
