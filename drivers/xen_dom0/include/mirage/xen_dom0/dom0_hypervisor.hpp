// SPDX-License-Identifier: ISC
// Event channels and grants of a program in dom0, by the devices of Linux (include/uapi/xen/evtchn.h,
// gntalloc.h, gntdev.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <vector>

#include "mirage/core/machine.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/xen/hypervisor.hpp"

namespace mirage::xen {

/// Its calls are system calls, none of which waits. What the program had is given back when it ends, however
/// it ends.
class dom0_hypervisor final : public hypervisor, machine::descriptor_source {
 public:
  /// Of one `map`.
  static constexpr std::size_t most_mapped = 256;

  dom0_hypervisor() noexcept = default;
  dom0_hypervisor(const dom0_hypervisor&) = delete;
  dom0_hypervisor& operator=(const dom0_hypervisor&) = delete;
  ~dom0_hypervisor() { stop(); }

  /// `refused`: not for this user. `unsupported`: this kernel has no Xen, or lacks a module.
  [[nodiscard]] result<void, hypervisor_error> start() noexcept;
  /// With nothing in use any more.
  void stop() noexcept;
  /// As xenstore tells it.
  void set_own_domain(domain_id number) noexcept { own_ = number; }

  [[nodiscard]] domain_id own_domain() const noexcept override { return own_; }

  [[nodiscard]] result<event_port, hypervisor_error> allocate_unbound(domain_id remote) noexcept override;
  [[nodiscard]] result<event_port, hypervisor_error> bind_interdomain(domain_id remote,
                                                                      event_port port) noexcept override;
  void notify(event_port port) noexcept override;
  void close(event_port port) noexcept override;
  void watch(event_source& source, event_port port) noexcept override;
  void unwatch(event_port port) noexcept override;

  /// `unsupported`: Linux grants pages of its own only.
  [[nodiscard]] result<grant_reference, hypervisor_error> grant(domain_id remote, const void* memory,
                                                                access how) noexcept override;
  [[nodiscard]] bool end_access(grant_reference reference) noexcept override;
  [[nodiscard]] result<shared_page, hypervisor_error> share(domain_id remote, access how) noexcept override;
  /// Linux frees the page when the other domain has let go of it.
  void unshare(shared_page page) noexcept override;
  [[nodiscard]] result<bytes, hypervisor_error> map(domain_id remote,
                                                    std::span<const grant_reference> references,
                                                    access how) noexcept override;
  void unmap(bytes memory) noexcept override;

  [[nodiscard]] prepared_ring xenstore() const noexcept override { return {}; }
  [[nodiscard]] prepared_ring console() const noexcept override { return {}; }

 private:
  bool poll() noexcept override;
  // Where a device has pages that it mapped for us, from which it takes them back.
  using places = std::map<const std::byte*, std::uint64_t>;
  [[nodiscard]] static std::byte* map_pages(const file_descriptor& device, std::uint64_t place,
                                            std::size_t count, access how, places& known) noexcept;

  file_descriptor events_;
  file_descriptor shared_pages_;
  file_descriptor foreign_pages_;
  domain_id own_ = domain_self;
  std::map<event_port, event_source*> sources_;
  places shared_;
  places mapped_;
};

}  // namespace mirage::xen
