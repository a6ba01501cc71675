// SPDX-License-Identifier: ISC
// An IP that sends nothing and notes what it is asked to, over a device that can be given any capabilities.
#pragma once

#include <array>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/v1.hpp"

namespace mirage::test {

template <class Address>
struct recording_ip {
  using address = Address;
  struct packet {
    v1::ip_header<Address> header;
    v1::transmit how;
    std::string bytes;
    std::size_t slices;
  };

  recording_ip(Address ours, v1::capabilities device) : ours_{ours}, device_(device) {}
  recording_ip(const recording_ip&) = delete;
  recording_ip& operator=(const recording_ip&) = delete;

  [[nodiscard]] static std::string_view name() noexcept { return "ip"; }
  [[nodiscard]] std::span<const Address> addresses() const noexcept { return ours_; }
  result<v1::ip_route<Address>, v1::net_error> route(const Address&) noexcept {
    return v1::ip_route<Address>{ours_[0], device_.mtu, device_};
  }
  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::ip_header<Address>& header, const v1::transmit& how, Fill fill,
                                    buffer_list slices) {
    if (fails) return fail(v1::net_error::full);
    std::string bytes(how.header, '\0');
    bytes.resize(fill(std::as_writable_bytes(std::span(bytes))));
    for (const buffer& slice : slices) bytes += slice.text();
    sent.push_back({header, how, bytes, slices.size()});
    if (keeps_slices)
      for (buffer& slice : slices) kept.push_back(std::move(slice));
    return {};
  }
  template <class Up>
  void input(buffer&&, const v1::received&, Up&) {}

  std::vector<packet> sent;
  std::vector<buffer> kept;
  bool keeps_slices = false;
  bool fails = false;

 private:
  std::array<Address, 1> ours_;
  v1::capabilities device_;
};

}  // namespace mirage::test
