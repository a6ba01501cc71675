// SPDX-License-Identifier: ISC
// The way of a guest to xenstored: a page with a ring of bytes each way (Xen's public header io/xs_wire.h,
// xenstore_domain_interface).
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/loop.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/xenstore.hpp"

namespace mirage::xen {

class xenstore_page final : public xenstore_transport, event_source {
 public:
  /// The ring that the toolstack prepared for this domain; without one it is broken from the beginning.
  explicit xenstore_page(hypervisor& xen) noexcept;
  xenstore_page(const xenstore_page&) = delete;
  xenstore_page& operator=(const xenstore_page&) = delete;
  ~xenstore_page();

  /// After a resume from saved memory: the ring may be another one. Before `xenstore::reconnect`.
  void reconnect() noexcept;

  void attach(user* who) noexcept override { user_ = who; }
  [[nodiscard]] std::optional<std::size_t> write(cbytes from) noexcept override;
  [[nodiscard]] std::optional<std::size_t> read(bytes to) noexcept override;
  void flush() noexcept override;

 private:
  bool poll() noexcept override;
  void begin() noexcept;

  hypervisor& xen_;
  prepared_ring ring_;
  std::uint32_t produced_ = 0;  // ours of the two rings
  std::uint32_t consumed_ = 0;
  user* user_ = nullptr;
};

}  // namespace mirage::xen
