// SPDX-License-Identifier: ISC
// Xen's hypercalls as functions, on x86-64, by the page of instructions that Xen fills for the guest
// (xen/include/public/xen.h, arch-x86/xen-x86_64.h). Only what a PVH guest calls, and only for images for
// bare machines: a target defines the page, `xen_hypercall_page`, and has it filled before the first call.
// Structures have the names and the layout of the public headers.
#pragma once

#include <cstdint>
#include <type_traits>

#include "mirage/xen/hypervisor.hpp"

extern "C" const std::byte xen_hypercall_page[mirage::xen::page_size];

namespace mirage::xen {

/// xen.h, "HYPERCALLS".
enum class hypercall_number : unsigned {
  memory_op = 12,
  set_timer_op = 15,
  grant_table_op = 20,
  vcpu_op = 24,
  sched_op = 29,
  event_channel_op = 32,
  hvm_op = 34,
};

/// errno.h, of those that are told apart; a call gives them as negative numbers.
namespace xen_errno {
inline constexpr long no_memory = -12;
inline constexpr long no_space = -28;
}  // namespace xen_errno

namespace detail {

template <class Argument>
std::uint64_t register_for(Argument argument) noexcept {
  if constexpr (std::is_pointer_v<Argument>) {
    return reinterpret_cast<std::uint64_t>(argument);
  } else {
    return static_cast<std::uint64_t>(argument);
  }
}

}  // namespace detail

/// At most three arguments. 32 bytes of the page are the instructions of one call.
template <hypercall_number Number, class First, class Second = int, class Third = int>
long hypercall(First first, Second second = {}, Third third = {}) noexcept {
  long answer = 0;
  std::uint64_t rdi = detail::register_for(first);
  std::uint64_t rsi = detail::register_for(second);
  std::uint64_t rdx = detail::register_for(third);
  asm volatile("call xen_hypercall_page + %c[offset]"
               : "=a"(answer), "+D"(rdi), "+S"(rsi), "+d"(rdx)
               : [offset] "i"(static_cast<unsigned>(Number) * 32)
               : "rcx", "r8", "r9", "r10", "r11", "memory", "cc");
  return answer;
}

// ---- event_channel.h -----------------------------------------------------------------------------------

struct evtchn_alloc_unbound {
  static constexpr unsigned command = 6;
  domain_id dom = domain_self;
  domain_id remote_dom = 0;
  event_port port = 0;  // out
};
struct evtchn_bind_interdomain {
  static constexpr unsigned command = 0;
  domain_id remote_dom = 0;
  event_port remote_port = 0;
  event_port local_port = 0;  // out
};
struct evtchn_bind_virq {
  static constexpr unsigned command = 1;
  std::uint32_t virq = 0;
  std::uint32_t vcpu = 0;
  event_port port = 0;  // out
};
struct evtchn_close {
  static constexpr unsigned command = 3;
  event_port port = 0;
};
struct evtchn_send {
  static constexpr unsigned command = 4;
  event_port port = 0;
};
struct evtchn_unmask {
  static constexpr unsigned command = 9;
  event_port port = 0;
};

template <class Operation>
long event_channel_op(Operation& what) noexcept {
  return hypercall<hypercall_number::event_channel_op>(Operation::command, &what);
}

// ---- hvm/hvm_op.h, hvm/params.h ------------------------------------------------------------------------

enum class hvm_param : std::uint32_t {
  callback_irq = 0,
  store_pfn = 1,
  store_evtchn = 2,
  console_pfn = 17,
  console_evtchn = 18,
};
struct xen_hvm_param {
  domain_id domid = domain_self;
  std::uint16_t pad = 0;
  hvm_param index{};
  std::uint64_t value = 0;
};
/// 0 where Xen does not tell it.
inline std::uint64_t get_hvm_param(hvm_param which) noexcept {
  xen_hvm_param one{.index = which};
  return hypercall<hypercall_number::hvm_op>(1, &one) == 0 ? one.value : 0;
}
inline long set_hvm_param(hvm_param which, std::uint64_t value) noexcept {
  xen_hvm_param one{.index = which, .value = value};
  return hypercall<hypercall_number::hvm_op>(0, &one);
}

// ---- memory.h ------------------------------------------------------------------------------------------

enum class map_space : std::uint32_t { shared_info = 0, grant_table = 1 };
struct xen_add_to_physmap {
  domain_id domid = domain_self;
  std::uint16_t size = 0;
  map_space space{};
  std::uint64_t idx = 0;
  std::uint64_t gpfn = 0;
};
/// From now on the page is at this frame of ours.
inline long add_to_physmap(map_space space, std::uint64_t index, std::uint64_t frame) noexcept {
  xen_add_to_physmap where{.space = space, .idx = index, .gpfn = frame};
  return hypercall<hypercall_number::memory_op>(7, &where);
}

// ---- grant_table.h -------------------------------------------------------------------------------------

namespace grant_map {
inline constexpr std::uint32_t host_map = 1U << 1;
inline constexpr std::uint32_t readonly = 1U << 2;
}  // namespace grant_map
struct gnttab_map_grant_ref {
  static constexpr unsigned command = 0;
  std::uint64_t host_addr = 0;
  std::uint32_t flags = 0;
  grant_reference ref = 0;
  domain_id dom = 0;
  std::int16_t status = 0;   // out; 0: done
  std::uint32_t handle = 0;  // out
  std::uint64_t dev_bus_addr = 0;
};
struct gnttab_unmap_grant_ref {
  static constexpr unsigned command = 1;
  std::uint64_t host_addr = 0;
  std::uint64_t dev_bus_addr = 0;
  std::uint32_t handle = 0;
  std::int16_t status = 0;  // out
};
struct gnttab_query_size {
  static constexpr unsigned command = 6;
  domain_id dom = domain_self;
  std::uint32_t nr_frames = 0;
  std::uint32_t max_nr_frames = 0;
  std::int16_t status = 0;
};

template <class Operation>
long grant_table_op(Operation* what, unsigned count = 1) noexcept {
  return hypercall<hypercall_number::grant_table_op>(Operation::command, what, count);
}

// ---- sched.h -------------------------------------------------------------------------------------------

/// Why a domain ends; xl acts on it as its configuration says (`on_poweroff`, `on_reboot`, `on_crash`).
enum class shutdown_reason : std::uint32_t { poweroff = 0, reboot = 1, suspend = 2, crash = 3 };
struct sched_shutdown {
  shutdown_reason reason{};
};
inline long shut_down(shutdown_reason why) noexcept {
  sched_shutdown what{why};
  return hypercall<hypercall_number::sched_op>(2, &what);
}
inline void yield_processor() noexcept { (void)hypercall<hypercall_number::sched_op>(0, 0); }

/// VIRQ_TIMER comes at that time of Xen's (nanoseconds, as the shared clock counts them); 0: never.
inline void set_timer(std::uint64_t at) noexcept { (void)hypercall<hypercall_number::set_timer_op>(at); }
inline constexpr std::uint32_t virq_timer = 0;

}  // namespace mirage::xen
