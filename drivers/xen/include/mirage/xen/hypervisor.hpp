// SPDX-License-Identifier: ISC
// What a driver sees of Xen: event channels (xen/include/public/event_channel.h) and grants (grant_table.h,
// version 1). All calls are rare or made once a batch, so they are virtual and drivers are compiled once: in
// a guest they are hypercalls, in a test a fake answers, and in a dom0 the devices of Linux do.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/list.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/core/result.hpp"

namespace mirage::xen {

/// A number of a domain; a backend's stands in xenstore as `backend-id`.
using domain_id = std::uint16_t;
inline constexpr domain_id domain_zero = 0;
/// In calls of ours: the domain that calls.
inline constexpr domain_id domain_self = 0x7ff0;

/// One end of an event channel; 0 is none.
using event_port = std::uint32_t;

/// A page of ours as another domain names it; 0 is none.
using grant_reference = std::uint32_t;

inline constexpr std::size_t page_size = 4096;

enum class access : std::uint8_t { read_only, read_write };

enum class hypervisor_error : std::uint8_t {
  exhausted,    ///< as many as the hypervisor, or a cap of ours, lets us have
  refused,      ///< Xen does not allow it: no such port or reference, or not for us
  unsupported,  ///< this platform cannot
};
[[nodiscard]] constexpr std::string_view describe(hypervisor_error error) noexcept {
  constexpr std::array<std::string_view, 3> words{"Xen has no event channel, grant or memory left for us",
                                                  "Xen refuses it", "it cannot be done on this platform"};
  return words[static_cast<std::size_t>(error)];
}

/// A page that another domain may use, with its name for that domain.
struct shared_page {
  std::byte* memory = nullptr;
  grant_reference reference = 0;
};

/// A ring that the toolstack made before the guest began, and the port of whoever is at its other end.
struct prepared_ring {
  std::byte* memory = nullptr;  ///< a page; null: there is none
  event_port port = 0;
};

class hypervisor {
 public:
  /// Who has ports, grants or pages of others, and hears when they are no more.
  class tenant : list_link {
   public:
    tenant(const tenant&) = delete;
    tenant& operator=(const tenant&) = delete;

   protected:
    explicit tenant(hypervisor& xen) noexcept { xen.tenants_.push_back(*this); }
    ~tenant() = default;

   private:
    friend hypervisor;
    /// This domain was restored from saved memory: everything that it had of Xen is gone, and what it had
    /// mapped must not be touched. It gives all back before it returns, which only frees memory of ours, asks
    /// for nothing new until then, and destroys no tenant.
    virtual void resumed() noexcept = 0;
  };

  /// The number of the domain that we are; `domain_self` where Xen does not tell it, then xenstore's `domid`
  /// does.
  [[nodiscard]] virtual domain_id own_domain() const noexcept = 0;

  // ---- Event channels ----------------------------------------------------------------------------------

  /// A new port to which `remote` may bind.
  [[nodiscard]] virtual result<event_port, hypervisor_error> allocate_unbound(domain_id remote) noexcept = 0;
  /// A new port of ours, connected with a port that `remote` has allocated for us.
  [[nodiscard]] virtual result<event_port, hypervisor_error> bind_interdomain(domain_id remote,
                                                                              event_port port) noexcept = 0;
  /// Tells the other end. Cheap, but a call of the hypervisor: once a batch.
  virtual void notify(event_port port) noexcept = 0;
  /// Frees the port; nobody watches it any more.
  virtual void close(event_port port) noexcept = 0;
  /// The source is marked whenever the other end has told us, and once at the beginning, as what was told
  /// before is not lost. Events only end a sleep; nothing runs in them. One source a port; one source may
  /// watch several.
  virtual void watch(event_source& source, event_port port) noexcept = 0;
  /// No event is delivered after this. The source may still be marked; it unlinks itself when it dies.
  virtual void unwatch(event_port port) noexcept = 0;

  // ---- Grants ------------------------------------------------------------------------------------------

  /// Lets `remote` use the page of ours in which `memory` lies, until `end_access`. `exhausted` at a cap, so
  /// who needs many asks for them at its start.
  [[nodiscard]] virtual result<grant_reference, hypervisor_error> grant(domain_id remote, const void* memory,
                                                                        access how) noexcept = 0;
  /// Takes the page back. False: the other domain still uses it, so the reference stays taken, and the page
  /// must not be used for anything else. Call it again later, or never.
  [[nodiscard]] virtual bool end_access(grant_reference reference) noexcept = 0;

  /// A page full of zeros for `remote`, for a ring; it is the platform's memory. In a dom0 only such pages
  /// can be shared, not those of `grant`.
  [[nodiscard]] virtual result<shared_page, hypervisor_error> share(domain_id remote,
                                                                    access how) noexcept = 0;
  /// Takes back and frees. While the other domain still uses the page it stays, and is lost to us.
  virtual void unshare(shared_page page) noexcept = 0;

  /// Pages that `remote` has granted to us, one behind the other in our memory, until `unmap`. What is in
  /// them may change at any time.
  [[nodiscard]] virtual result<bytes, hypervisor_error> map(domain_id remote,
                                                            std::span<const grant_reference> references,
                                                            access how) noexcept = 0;
  /// `memory` as `map` gave it.
  virtual void unmap(bytes memory) noexcept = 0;

  // ---- What the toolstack prepared ---------------------------------------------------------------------

  /// The ring to xenstored (xs_wire.h, xenstore_domain_interface). In a dom0 there is none: xenstored has a
  /// Unix socket there.
  [[nodiscard]] virtual prepared_ring xenstore() const noexcept = 0;
  /// The first console's ring (io/console.h, xencons_interface).
  [[nodiscard]] virtual prepared_ring console() const noexcept = 0;

 protected:
  ~hypervisor() = default;
  void tell_resumed() noexcept {
    tenants_.for_each([](list_link& each) { static_cast<tenant&>(each).resumed(); });
  }

 private:
  list tenants_;
};

/// The platform on which this unikernel runs. A target that is a guest of Xen defines it.
hypervisor& platform() noexcept;

}  // namespace mirage::xen
