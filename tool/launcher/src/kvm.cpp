// SPDX-License-Identifier: ISC
#include "kvm.hpp"

#include <fcntl.h>
#include <linux/kvm.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace mirage::launcher {

namespace {

class descriptor {
 public:
  explicit descriptor(int number) : number_(number) {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  explicit operator bool() const { return number_ >= 0; }
  template <class... Argument>
  int control(unsigned long request, Argument... argument) const {
    return ::ioctl(number_, request, argument...);
  }
  int get() const { return number_; }

 private:
  int number_;
};

class mapping {
 public:
  mapping(std::size_t size, int flags, int file)
      : size_(size), start_(::mmap(nullptr, size, PROT_READ | PROT_WRITE, flags, file, 0)) {}
  mapping(const mapping&) = delete;
  mapping& operator=(const mapping&) = delete;
  ~mapping() {
    if (*this) ::munmap(start_, size_);
  }
  explicit operator bool() const { return start_ != MAP_FAILED; }
  void* get() const { return start_; }

 private:
  std::size_t size_;
  void* start_;
};

// Real mode from address 0, with SSE on: a host that emulates guests instruction by instruction gives up at
// the first, others reach the second.
constexpr unsigned char program[] = {0x0f, 0x58, 0xc0,  // addps %xmm0, %xmm0
                                     0xf4};             // hlt

bool set_up(const descriptor& machine, const descriptor& processor, const mapping& memory, std::size_t size) {
  std::memcpy(memory.get(), program, sizeof program);
  kvm_userspace_memory_region region{};
  region.memory_size = size;
  region.userspace_addr = reinterpret_cast<std::uintptr_t>(memory.get());
  kvm_sregs special{};
  if (machine.control(KVM_SET_USER_MEMORY_REGION, &region) < 0) return false;
  if (processor.control(KVM_GET_SREGS, &special) < 0) return false;
  constexpr unsigned osfxsr = 1U << 9;
  special.cr4 |= osfxsr;
  special.cs.base = 0;
  special.cs.selector = 0;
  kvm_regs registers{};
  registers.rflags = 2;
  return processor.control(KVM_SET_SREGS, &special) == 0 && processor.control(KVM_SET_REGS, &registers) == 0;
}

}  // namespace

std::string why_no_kvm() {
  const descriptor system(::open("/dev/kvm", O_RDWR | O_CLOEXEC));
  if (!system) {
    return errno == EACCES ? "/dev/kvm may not be opened; join the group kvm" : "there is no /dev/kvm";
  }
  constexpr auto broken = "/dev/kvm is there, but guests do not run";
  const int run_size = system.control(KVM_GET_VCPU_MMAP_SIZE, 0);
  const descriptor machine(system.control(KVM_CREATE_VM, 0));
  if (run_size <= 0 || !machine) return broken;
  const descriptor processor(machine.control(KVM_CREATE_VCPU, 0));
  if (!processor) return broken;
  constexpr std::size_t memory_size = 4096;
  const mapping memory(memory_size, MAP_SHARED | MAP_ANONYMOUS, -1);
  const mapping shared(static_cast<std::size_t>(run_size), MAP_SHARED, processor.get());
  if (!memory || !shared || !set_up(machine, processor, memory, memory_size)) return broken;
  if (processor.control(KVM_RUN, 0) < 0) return broken;
  return static_cast<const kvm_run*>(shared.get())->exit_reason == KVM_EXIT_HLT ? "" : broken;
}

}  // namespace mirage::launcher
