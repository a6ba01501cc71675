// SPDX-License-Identifier: ISC
#include "sandbox.hpp"

#include <asm/prctl.h>
#include <seccomp.h>
#include <unistd.h>

#include <array>
#include <ctime>
#include <memory>

namespace mirage::tender {

namespace {

struct release_filter {
  void operator()(void* filter) const noexcept { seccomp_release(filter); }
};
using filter = std::unique_ptr<void, release_filter>;

scmp_arg_cmp equals(unsigned argument, std::uint64_t value) noexcept {
  return {.arg = argument, .op = SCMP_CMP_EQ, .datum_a = value, .datum_b = 0};
}
scmp_arg_cmp at_most(unsigned argument, std::uint64_t value) noexcept {
  return {.arg = argument, .op = SCMP_CMP_LE, .datum_a = value, .datum_b = 0};
}

// Adds the rules, and remembers whether all of them could be added.
class rules {
 public:
  explicit rules(scmp_filter_ctx to) noexcept : filter_(to) {}

  template <class... Conditions>
  void allow(int call, Conditions... conditions) noexcept {
    const std::array<scmp_arg_cmp, sizeof...(Conditions)> all{conditions...};
    complete_ = complete_ &&
                seccomp_rule_add_array(filter_, SCMP_ACT_ALLOW, call, sizeof...(Conditions), all.data()) == 0;
  }
  [[nodiscard]] bool complete() const noexcept { return complete_; }

 private:
  scmp_filter_ctx filter_;
  bool complete_ = true;
};

std::uint64_t word(int descriptor) noexcept { return static_cast<std::uint64_t>(descriptor); }

void allow_device(rules& to, const open_device& device) noexcept {
  const scmp_arg_cmp it = equals(0, word(device.descriptor));
  if (device.type == solo5::entry_type::network) {
    to.allow(SCMP_SYS(read), it);
    to.allow(SCMP_SYS(write), it);
    return;
  }
  // A whole block inside of the disk.
  const scmp_arg_cmp size = equals(2, device.block_size);
  const scmp_arg_cmp offset = at_most(3, device.capacity - device.block_size);
  to.allow(SCMP_SYS(pread64), it, size, offset);
  to.allow(SCMP_SYS(pwrite64), it, size, offset);
}

}  // namespace

result<void, std::string> enter_sandbox(std::span<const open_device> devices, int epoll, int timer) {
  const filter made(seccomp_init(SCMP_ACT_TRAP));
  if (made == nullptr) return fail(std::string("no memory for the filter of system calls"));
  rules to(made.get());
  to.allow(SCMP_SYS(write), equals(0, STDOUT_FILENO));
  to.allow(SCMP_SYS(write), equals(0, STDERR_FILENO));  // the report of a fault
  to.allow(SCMP_SYS(exit_group));
  to.allow(SCMP_SYS(clock_gettime), equals(0, CLOCK_MONOTONIC));
  to.allow(SCMP_SYS(clock_gettime), equals(0, CLOCK_REALTIME));
  to.allow(SCMP_SYS(epoll_pwait), equals(0, word(epoll)));
  to.allow(SCMP_SYS(timerfd_settime), equals(0, word(timer)));
  to.allow(SCMP_SYS(arch_prctl), equals(0, ARCH_SET_FS));
  for (const open_device& each : devices) allow_device(to, each);
  if (!to.complete() || seccomp_load(made.get()) != 0)
    return fail(std::string("this kernel takes no filter of system calls (CONFIG_SECCOMP_FILTER)"));
  return {};
}

}  // namespace mirage::tender
