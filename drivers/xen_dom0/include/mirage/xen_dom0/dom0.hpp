// SPDX-License-Identifier: ISC
// `dom0`: the domain of a program that runs under the Linux of a dom0.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "mirage/core/result.hpp"
#include "mirage/core/task.hpp"
#include "mirage/xen/domain.hpp"
#include "mirage/xen/xenstore.hpp"
#include "mirage/xen_dom0/dom0_hypervisor.hpp"
#include "mirage/xen_dom0/xenstore_socket.hpp"

namespace mirage::xen {

enum class dom0_error : std::uint8_t { no_xen, not_permitted, no_xenstored };
[[nodiscard]] constexpr std::string_view describe(dom0_error error) noexcept {
  constexpr std::array<std::string_view, 3> words{
      "this is no dom0 of Xen, or its modules xen-evtchn, xen-gntalloc and xen-gntdev are not loaded",
      "this user may not use the devices in /dev/xen; run it as root",
      "xenstored does not answer at its socket; start Xen's services"};
  return words[static_cast<std::size_t>(error)];
}

class dom0 {
 public:
  /// `socket`: where xenstored listens.
  explicit dom0(std::string_view name, std::string socket = "/run/xenstored/socket")
      : name_(name), path_(std::move(socket)) {}
  dom0(const dom0&) = delete;
  dom0& operator=(const dom0&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  task<result<void, dom0_error>> start();
  /// With no flow left.
  task<> stop();

 private:
  std::string_view name_;
  std::string path_;
  dom0_hypervisor hypervisor_;
  xenstore_socket socket_;
  xenstore store_{socket_};

 public:
  hypervisor& xen = hypervisor_;
  xenstore& store = store_;
};
static_assert(domain<dom0>);

}  // namespace mirage::xen
