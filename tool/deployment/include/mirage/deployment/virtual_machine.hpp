// SPDX-License-Identifier: ISC
// The virtual machine that is wanted, and QEMU's command line for it.
#pragma once

#include <string>
#include <vector>

namespace mirage::deployment {

struct virtual_machine {
  std::string image;
  std::vector<std::string> boot_arguments;
  std::vector<std::string> devices = {};  // words of QEMU's command line
  bool has_console = false;               // of virtio, which shares the terminal with the serial port
  std::string model = "microvm";          // QEMU's -machine: microvm or q35
  unsigned memory = 64;                   // MiB
  std::string accelerator = "tcg";        // kvm, or tcg: the processor is emulated; kvm:tcg: what there is
  unsigned debugger_port = 0;             // waits for gdb there before the first instruction; 0: does not
};

/// Whether its virtio devices are in memory (virtio-mmio), not on PCI.
bool has_devices_in_memory(const virtual_machine& wanted);

/// The program and its arguments. The first serial port is the program's standard input and output.
std::vector<std::string> qemu_command(const virtual_machine& wanted);

/// One word of the command line that the image splits again (`split_command_line`), in quotes where it
/// must be.
std::string quoted(const std::string& word);

/// The exit status of the unikernel for that of QEMU, which is its -device isa-debug-exit's: twice the value
/// that the guest wrote, and one. The guest writes 127 minus its status, so that a status of 0 differs from
/// QEMU's own failure, which is 1.
int guest_status(int qemu_status);

}  // namespace mirage::deployment
