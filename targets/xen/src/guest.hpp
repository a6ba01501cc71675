// SPDX-License-Identifier: ISC
// This guest, as its drivers see Xen: hypercalls, the page that Xen shares with it, and its grant table. They
// are at addresses where a PVH guest has no memory of its own, below 4 GiB.
#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "clock.hpp"
#include "mirage/freestanding/heap.hpp"
#include "mirage/freestanding/x86_64/descriptor_tables.hpp"
#include "mirage/freestanding/x86_64/page_tables.hpp"
#include "mirage/xen/event_channels.hpp"
#include "mirage/xen/grant_table.hpp"
#include "mirage/xen/hypercall.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/shared_info.hpp"

namespace mirage {

/// Has Xen fill the page of hypercalls, without which there are none. False: this is no Xen.
[[nodiscard]] bool fill_hypercall_page() noexcept;

class guest final : public xen::hypervisor {
 public:
  explicit guest(freestanding::heap& memory) noexcept : memory_(memory) {}
  guest(const guest&) = delete;
  guest& operator=(const guest&) = delete;

  /// Where all this is, for page tables that are not in use yet.
  void map_pages(freestanding::page_tables& pages) noexcept;
  /// With those page tables in use.
  void start(freestanding::descriptor_tables& tables) noexcept;

  /// Stops, as the toolstack asked, until the domain goes on. False: nothing has changed, as it was only
  /// looked at, or Xen refuses. True: from saved memory, perhaps on another machine. The clock goes on where
  /// it stopped; ports, grants and mapped pages are no more, which their tenants have heard; what the
  /// toolstack prepared it has prepared again.
  [[nodiscard]] bool suspend() noexcept;

  /// Sleeps until something arrives or the deadline has come, and marks whom it is for.
  void wait(loop& tasks, instant deadline) noexcept;
  [[nodiscard]] xen_clock& clock() noexcept { return *clock_; }

  [[nodiscard]] xen::domain_id own_domain() const noexcept override;
  [[nodiscard]] result<xen::event_port, xen::hypervisor_error> allocate_unbound(
      xen::domain_id remote) noexcept override;
  [[nodiscard]] result<xen::event_port, xen::hypervisor_error> bind_interdomain(
      xen::domain_id remote, xen::event_port port) noexcept override;
  void notify(xen::event_port port) noexcept override;
  void close(xen::event_port port) noexcept override;
  void watch(event_source& source, xen::event_port port) noexcept override;
  void unwatch(xen::event_port port) noexcept override;

  [[nodiscard]] result<xen::grant_reference, xen::hypervisor_error> grant(xen::domain_id remote,
                                                                          const void* memory,
                                                                          xen::access how) noexcept override;
  [[nodiscard]] bool end_access(xen::grant_reference reference) noexcept override;
  [[nodiscard]] result<xen::shared_page, xen::hypervisor_error> share(xen::domain_id remote,
                                                                      xen::access how) noexcept override;
  void unshare(xen::shared_page page) noexcept override;
  [[nodiscard]] result<bytes, xen::hypervisor_error> map(xen::domain_id remote,
                                                         std::span<const xen::grant_reference> references,
                                                         xen::access how) noexcept override;
  void unmap(bytes memory) noexcept override;

  [[nodiscard]] xen::prepared_ring xenstore() const noexcept override { return xenstore_; }
  [[nodiscard]] xen::prepared_ring console() const noexcept override { return console_; }

 private:
  static constexpr std::size_t most_foreign_pages = 384;

  void share_page_of_xen() noexcept;
  void hear_events() noexcept;
  [[nodiscard]] bool grow_grant_table() noexcept;

  freestanding::heap& memory_;
  std::optional<xen::event_channels> channels_;  // from the start on
  std::optional<xen_clock> clock_;
  xen::grant_table grants_;
  std::uint32_t grant_frames_ = 0;
  bool has_nothing_ = false;                                 // of what its tenants give back
  std::array<std::uint32_t, most_foreign_pages> foreign_{};  // handles, plus one
  xen::prepared_ring xenstore_;
  xen::prepared_ring console_;
};

}  // namespace mirage
