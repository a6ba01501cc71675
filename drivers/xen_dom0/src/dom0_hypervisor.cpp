// SPDX-License-Identifier: ISC
#include "mirage/xen_dom0/dom0_hypervisor.hpp"

#include <fcntl.h>
#include <linux/types.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <utility>

#include "mirage/core/os.hpp"

// The headers of Linux use two names that only Xen's own headers have.
using domid_t = __u16;
using grant_ref_t = __u32;
#include <xen/evtchn.h>
#include <xen/gntalloc.h>
#include <xen/gntdev.h>

namespace mirage::xen {

namespace {

// ioctl_gntdev_map_grant_ref, which ends with one reference of as many as there are.
struct many_references {
  __u32 count = 0;
  __u32 pad = 0;
  __u64 index = 0;
  std::array<ioctl_gntdev_grant_ref, dom0_hypervisor::most_mapped> references{};
};
static_assert(offsetof(many_references, references) == offsetof(ioctl_gntdev_map_grant_ref, refs));

hypervisor_error error_of(int number) noexcept {
  switch (number) {
    case ENOMEM:
    case ENOSPC:
    case EMFILE: return hypervisor_error::exhausted;
    case ENOENT:
    case ENODEV:
    case ENXIO:
    case ENOTTY: return hypervisor_error::unsupported;
    default: return hypervisor_error::refused;
  }
}

// A port is never negative; ioctl(2) says so of errors.
template <class Request>
result<event_port, hypervisor_error> new_port(const file_descriptor& device, unsigned long kind,
                                              Request request) noexcept {
  const int port = ::ioctl(device.get(), kind, &request);
  if (port < 0) return fail(error_of(errno));
  return static_cast<event_port>(port);
}

}  // namespace

// ---- Starting and stopping -----------------------------------------------------------------------------

result<void, hypervisor_error> dom0_hypervisor::start() noexcept {
  const std::array devices{std::pair{&events_, "/dev/xen/evtchn"},
                           std::pair{&shared_pages_, "/dev/xen/gntalloc"},
                           std::pair{&foreign_pages_, "/dev/xen/gntdev"}};
  for (const auto& [device, path] : devices) {
    *device = file_descriptor(::open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC));
    if (*device) continue;
    const hypervisor_error why = error_of(errno);
    for (const auto& each : devices) each.first->reset();
    return fail(why);
  }
  if (!machine::watch(*this, events_.get())) {
    events_.reset();
    return fail(hypervisor_error::exhausted);
  }
  return {};
}

void dom0_hypervisor::stop() noexcept {
  if (events_) machine::unwatch(*this, events_.get());
  events_.reset();
  shared_pages_.reset();
  foreign_pages_.reset();
}

// ---- Event channels ------------------------------------------------------------------------------------

result<event_port, hypervisor_error> dom0_hypervisor::allocate_unbound(domain_id remote) noexcept {
  return new_port(events_, IOCTL_EVTCHN_BIND_UNBOUND_PORT,
                  ioctl_evtchn_bind_unbound_port{.remote_domain = remote});
}

result<event_port, hypervisor_error> dom0_hypervisor::bind_interdomain(domain_id remote,
                                                                       event_port port) noexcept {
  return new_port(events_, IOCTL_EVTCHN_BIND_INTERDOMAIN,
                  ioctl_evtchn_bind_interdomain{.remote_domain = remote, .remote_port = port});
}

void dom0_hypervisor::notify(event_port port) noexcept {
  ioctl_evtchn_notify request{.port = port};
  ::ioctl(events_.get(), IOCTL_EVTCHN_NOTIFY, &request);
}

void dom0_hypervisor::close(event_port port) noexcept {
  unwatch(port);
  ioctl_evtchn_unbind request{.port = port};
  ::ioctl(events_.get(), IOCTL_EVTCHN_UNBIND, &request);
}

void dom0_hypervisor::watch(event_source& source, event_port port) noexcept {
  sources_[port] = &source;
  os::here->tasks.mark(source);
}

void dom0_hypervisor::unwatch(event_port port) noexcept { sources_.erase(port); }

// A port that was read is silent until it is written back.
bool dom0_hypervisor::poll() noexcept {
  while (events_) {
    std::array<event_port, 64> ports{};
    const ssize_t size = ::read(events_.get(), ports.data(), sizeof ports);
    if (size < 0 && errno == EINTR) continue;
    if (size <= 0) break;
    const std::size_t count = static_cast<std::size_t>(size) / sizeof(event_port);
    static_cast<void>(::write(events_.get(), ports.data(), count * sizeof(event_port)));
    for (const event_port port : std::span(ports).first(count))
      if (const auto found = sources_.find(port); found != sources_.end())
        os::here->tasks.mark(*found->second);
  }
  return false;
}

// ---- Grants --------------------------------------------------------------------------------------------

std::byte* dom0_hypervisor::map_pages(const file_descriptor& device, std::uint64_t place, std::size_t count,
                                      access how, places& known) noexcept {
  const int protection = how == access::read_write ? PROT_READ | PROT_WRITE : PROT_READ;
  void* const memory =
      ::mmap(nullptr, count * page_size, protection, MAP_SHARED, device.get(), static_cast<off_t>(place));
  if (memory == MAP_FAILED) return nullptr;
  known[static_cast<std::byte*>(memory)] = place;
  return static_cast<std::byte*>(memory);
}

result<grant_reference, hypervisor_error> dom0_hypervisor::grant(domain_id, const void*, access) noexcept {
  return fail(hypervisor_error::unsupported);
}

bool dom0_hypervisor::end_access(grant_reference) noexcept { return false; }

result<shared_page, hypervisor_error> dom0_hypervisor::share(domain_id remote, access how) noexcept {
  ioctl_gntalloc_alloc_gref request{};
  request.domid = remote;
  request.flags = how == access::read_write ? GNTALLOC_FLAG_WRITABLE : 0;
  request.count = 1;
  if (::ioctl(shared_pages_.get(), IOCTL_GNTALLOC_ALLOC_GREF, &request) != 0) return fail(error_of(errno));
  std::byte* const memory = map_pages(shared_pages_, request.index, 1, access::read_write, shared_);
  if (memory == nullptr) {
    ioctl_gntalloc_dealloc_gref back{.index = request.index, .count = 1};
    ::ioctl(shared_pages_.get(), IOCTL_GNTALLOC_DEALLOC_GREF, &back);
    return fail(hypervisor_error::exhausted);
  }
  return shared_page{.memory = memory, .reference = request.gref_ids[0]};
}

void dom0_hypervisor::unshare(shared_page page) noexcept {
  const auto known = shared_.find(page.memory);
  if (known == shared_.end()) return;
  ::munmap(page.memory, page_size);
  ioctl_gntalloc_dealloc_gref request{.index = known->second, .count = 1};
  ::ioctl(shared_pages_.get(), IOCTL_GNTALLOC_DEALLOC_GREF, &request);
  shared_.erase(known);
}

result<bytes, hypervisor_error> dom0_hypervisor::map(domain_id remote,
                                                     std::span<const grant_reference> references,
                                                     access how) noexcept {
  if (references.empty() || references.size() > most_mapped) return fail(hypervisor_error::unsupported);
  many_references request;
  request.count = static_cast<__u32>(references.size());
  for (std::size_t i = 0; i < references.size(); ++i)
    request.references[i] = {.domid = remote, .ref = references[i]};
  if (::ioctl(foreign_pages_.get(), IOCTL_GNTDEV_MAP_GRANT_REF, &request) != 0) return fail(error_of(errno));
  // Only this asks Xen; what the other domain did not grant is refused here.
  std::byte* const memory = map_pages(foreign_pages_, request.index, references.size(), how, mapped_);
  if (memory == nullptr) {
    ioctl_gntdev_unmap_grant_ref back{.index = request.index, .count = request.count, .pad = 0};
    ::ioctl(foreign_pages_.get(), IOCTL_GNTDEV_UNMAP_GRANT_REF, &back);
    return fail(hypervisor_error::refused);
  }
  return bytes(memory, references.size() * page_size);
}

void dom0_hypervisor::unmap(bytes memory) noexcept {
  const auto known = mapped_.find(memory.data());
  if (known == mapped_.end()) return;
  ::munmap(memory.data(), memory.size());
  ioctl_gntdev_unmap_grant_ref request{
      .index = known->second, .count = static_cast<__u32>(memory.size() / page_size), .pad = 0};
  ::ioctl(foreign_pages_.get(), IOCTL_GNTDEV_UNMAP_GRANT_REF, &request);
  mapped_.erase(known);
}

}  // namespace mirage::xen
