// SPDX-License-Identifier: ISC
#include "guest.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>

#include "mirage/core/os.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/freestanding/x86_64/cpu.hpp"

// sleep.S
extern "C" void xen_sleep();
extern "C" void xen_upcall();
extern "C" const std::uint64_t xen_upcall_pending;

namespace mirage {

namespace {

using namespace xen;
namespace cpu = freestanding::cpu;

// Within two megabytes that no guest has memory at: one table of Xen's serves them all.
constexpr std::uint64_t area = 0xf000'0000;
constexpr std::uint64_t area_size = 0x20'0000;
constexpr std::uint64_t grant_table_at = area + 16 * page_size;
constexpr std::uint32_t most_grant_frames = 64;
constexpr std::uint64_t foreign_at = area + 128 * page_size;

constexpr unsigned upcall_vector = freestanding::descriptor_tables::exceptions;

template <class T>
T* at(std::uint64_t address) noexcept {
  return reinterpret_cast<T*>(address);
}

shared_info& shared_page_of_xen() noexcept { return *at<shared_info>(area); }

hypervisor_error error_of(long answer) noexcept {
  const bool nothing_left = answer == xen_errno::no_memory || answer == xen_errno::no_space;
  return nothing_left ? hypervisor_error::exhausted : hypervisor_error::refused;
}

// The leaves of CPUID in which Xen speaks: "XenVMMXenVMM". 0: there are none.
std::uint32_t find_leaves() noexcept {
  for (std::uint32_t leaf = 0x4000'0000; leaf < 0x4001'0000; leaf += 0x100) {
    const auto name = cpu::cpuid(leaf);
    if (name.ebx == 0x566e'6558 && name.ecx == 0x6558'4d4d && name.edx == 0x4d4d'566e) return leaf;
  }
  return 0;
}

prepared_ring ring_at(hvm_param frame, hvm_param port) noexcept {
  const std::uint64_t where = get_hvm_param(frame) * page_size;
  if (where == 0) return {};
  return {.memory = at<std::byte>(where), .port = static_cast<event_port>(get_hvm_param(port))};
}

}  // namespace

}  // namespace mirage

// The address of the flag in the page that Xen shares.
const std::uint64_t xen_upcall_pending =
    mirage::area + offsetof(mirage::xen::shared_info, vcpus[0].evtchn_upcall_pending);

namespace mirage {

bool fill_hypercall_page() noexcept {
  const std::uint32_t leaves = find_leaves();
  if (leaves == 0) return false;
  cpu::write_msr(cpu::cpuid(leaves + 2).ebx, std::bit_cast<std::uint64_t>(&xen_hypercall_page));
  return true;
}

// ---- Start ---------------------------------------------------------------------------------------------

void guest::map_pages(freestanding::page_tables& pages) noexcept {
  using freestanding::access;
  xenstore_ = ring_at(hvm_param::store_pfn, hvm_param::store_evtchn);
  console_ = ring_at(hvm_param::console_pfn, hvm_param::console_evtchn);
  pages.map(area, area_size, access::read_write);
  for (const prepared_ring& ring : {xenstore_, console_})
    if (ring.memory != nullptr)
      pages.map(std::bit_cast<std::uint64_t>(ring.memory), page_size, access::read_write);
}

void guest::start(freestanding::descriptor_tables& tables) noexcept {
  share_page_of_xen();
  clock_.emplace(shared_page_of_xen());
  tables.set_gate(upcall_vector, xen_upcall);
  hear_events();
}

void guest::share_page_of_xen() noexcept {
  require(add_to_physmap(map_space::shared_info, 0, area / page_size) == 0,
          "Xen does not share its page with us");
  channels_.emplace(shared_page_of_xen());
}

void guest::hear_events() noexcept {
  constexpr std::uint64_t by_vector = std::uint64_t{2} << 56U;
  evtchn_bind_virq timer{.virq = virq_timer};
  require(
      set_hvm_param(hvm_param::callback_irq, by_vector | upcall_vector) == 0 && event_channel_op(timer) == 0,
      "Xen does not tell us of events");
  channels_->open(timer.port);
}

// Xen restores the processor and the memory, and nothing that stood in tables of its own.
bool guest::suspend() noexcept {
  const instant before = clock_->monotonic();
  if (shut_down(shutdown_reason::suspend) != 0) return false;
  require(fill_hypercall_page(), "the domain was restored where there is no Xen");
  share_page_of_xen();
  clock_->go_on_from(before);
  grants_.forget();
  grant_frames_ = 0;
  has_nothing_ = true;
  tell_resumed();
  has_nothing_ = false;
  foreign_.fill(0);
  hear_events();
  xenstore_ = ring_at(hvm_param::store_pfn, hvm_param::store_evtchn);
  console_ = ring_at(hvm_param::console_pfn, hvm_param::console_evtchn);
  return true;
}

domain_id guest::own_domain() const noexcept {
  constexpr std::uint32_t tells_domain = 1U << 4;
  const auto facts = cpu::cpuid(find_leaves() + 4);
  return (facts.eax & tells_domain) != 0 ? static_cast<domain_id>(facts.ecx) : domain_self;
}

// ---- Waiting -------------------------------------------------------------------------------------------

void guest::wait(loop& tasks, instant deadline) noexcept {
  const instant now = clock_->monotonic();
  if (deadline > now && !channels_->has_arrived()) {
    // Xen may come a nanosecond before it, as we count, so it is asked for each sleep.
    if (deadline != never) set_timer(clock_->system_time_at(deadline));
    xen_sleep();
  }
  channels_->collect(tasks);
}

// ---- Event channels ------------------------------------------------------------------------------------

result<event_port, hypervisor_error> guest::allocate_unbound(domain_id remote) noexcept {
  evtchn_alloc_unbound made{.remote_dom = remote};
  if (const long answer = event_channel_op(made); answer != 0) return std::unexpected(error_of(answer));
  if (made.port < event_channels::most_ports) return made.port;
  close(made.port);
  return std::unexpected(hypervisor_error::exhausted);
}

result<event_port, hypervisor_error> guest::bind_interdomain(domain_id remote, event_port port) noexcept {
  evtchn_bind_interdomain made{.remote_dom = remote, .remote_port = port};
  if (const long answer = event_channel_op(made); answer != 0) return std::unexpected(error_of(answer));
  if (made.local_port < event_channels::most_ports) return made.local_port;
  close(made.local_port);
  return std::unexpected(hypervisor_error::exhausted);
}

void guest::notify(event_port port) noexcept {
  evtchn_send to{port};
  (void)event_channel_op(to);
}

void guest::close(event_port port) noexcept {
  if (has_nothing_) return;
  channels_->unwatch(port);
  evtchn_close which{port};
  (void)event_channel_op(which);
}

void guest::watch(event_source& source, event_port port) noexcept {
  channels_->watch(os::here->tasks, source, port);
}
void guest::unwatch(event_port port) noexcept { channels_->unwatch(port); }

// ---- Grants --------------------------------------------------------------------------------------------

bool guest::grow_grant_table() noexcept {
  if (grant_frames_ == most_grant_frames) return false;
  const std::uint64_t frame = grant_table_at / page_size + grant_frames_;
  if (add_to_physmap(map_space::grant_table, grant_frames_, frame) != 0) return false;
  ++grant_frames_;
  grants_.extend({at<grant_entry>(grant_table_at), grant_frames_ * grant_table::entries_per_frame});
  return true;
}

result<grant_reference, hypervisor_error> guest::grant(domain_id remote, const void* memory,
                                                       access how) noexcept {
  const std::uint64_t frame = std::bit_cast<std::uint64_t>(memory) / page_size;
  auto made = grants_.grant(remote, frame, how);
  return made || !grow_grant_table() ? made : grants_.grant(remote, frame, how);
}

bool guest::end_access(grant_reference reference) noexcept {
  return has_nothing_ || grants_.end_access(reference);
}

result<shared_page, hypervisor_error> guest::share(domain_id remote, access how) noexcept {
  auto* const page = static_cast<std::byte*>(memory_.allocate(page_size, page_size));
  if (page == nullptr) return std::unexpected(hypervisor_error::exhausted);
  std::memset(page, 0, page_size);
  const auto made = grant(remote, page, how);
  if (made) return shared_page{.memory = page, .reference = *made};
  memory_.release(page);
  return std::unexpected(made.error());
}

void guest::unshare(shared_page page) noexcept {
  if (end_access(page.reference)) memory_.release(page.memory);
}

// Handles are kept by page, as they are needed to give a page back.
result<bytes, hypervisor_error> guest::map(domain_id remote, std::span<const grant_reference> references,
                                           access how) noexcept {
  const auto place = std::ranges::search_n(foreign_, static_cast<std::ptrdiff_t>(references.size()), 0U);
  if (references.empty() || place.empty()) return std::unexpected(hypervisor_error::exhausted);
  const auto first = static_cast<std::size_t>(place.begin() - foreign_.begin());
  const bytes mapped(at<std::byte>(foreign_at + first * page_size), references.size() * page_size);
  for (std::size_t i = 0; i < references.size(); ++i) {
    gnttab_map_grant_ref one{
        .host_addr = foreign_at + (first + i) * page_size,
        .flags = grant_map::host_map | (how == access::read_only ? grant_map::readonly : 0),
        .ref = references[i],
        .dom = remote};
    if (grant_table_op(&one) == 0 && one.status == 0) {
      foreign_[first + i] = one.handle + 1;
      continue;
    }
    unmap(mapped.first(i * page_size));
    return std::unexpected(hypervisor_error::refused);
  }
  return mapped;
}

void guest::unmap(bytes memory) noexcept {
  if (has_nothing_) return;
  const auto address = std::bit_cast<std::uint64_t>(memory.data());
  for (std::uint64_t offset = 0; offset < memory.size(); offset += page_size) {
    std::uint32_t& handle = foreign_[(address + offset - foreign_at) / page_size];
    gnttab_unmap_grant_ref one{.host_addr = address + offset, .handle = handle - 1};
    // A page that Xen does not take back is never used again.
    if (grant_table_op(&one) == 0 && one.status == 0) handle = 0;
  }
}

}  // namespace mirage
