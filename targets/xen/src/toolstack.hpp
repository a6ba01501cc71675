// SPDX-License-Identifier: ISC
// What the toolstack asks of a guest that runs, by keys of its home in xenstore
// (docs/misc/xenstore-paths.pandoc): control/shutdown, memory/target.
#pragma once

#include "guest.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/task.hpp"
#include "mirage/xen/hypercall.hpp"
#include "mirage/xen/xenbus.hpp"
#include "mirage/xen/xenstore.hpp"
#include "mirage/xen/xenstore_page.hpp"

namespace mirage {

/// `poweroff`, `halt` and `reboot` ask the unikernel to end. At `suspend` it stops at once, and goes on when
/// it is restored, its devices behind it. Memory stays as it is, which is told on the console.
class toolstack {
 public:
  /// Listens from now on, until it dies.
  explicit toolstack(guest& platform);
  toolstack(const toolstack&) = delete;
  toolstack& operator=(const toolstack&) = delete;

  [[nodiscard]] xen::xenbus& devices() noexcept { return devices_; }
  /// What the domain ends with when all went well.
  [[nodiscard]] xen::shutdown_reason reason() const noexcept { return reason_; }

 private:
  task<> announce();
  task<> suspend();
  task<> hear_requests();
  task<> hear_of_memory();

  guest& platform_;
  xen::xenstore_page page_;
  xen::xenstore store_{page_};
  xen::xenbus devices_;
  xen::shutdown_reason reason_ = xen::shutdown_reason::poweroff;
  scope tasks_;
};

}  // namespace mirage
