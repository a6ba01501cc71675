// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto slot = argument<std::uint32_t>("slot", "The slot of the disk to play in", 0);
  auto reset = argument<bool>("reset", "Empty the slot first", false);
  auto reset_all = argument<bool>("reset-all", "Empty every slot first", false);
  auto lottery = unikernel<block>("lottery", "unikernel.hpp", slot, reset, reset_all);
  return configure(argc, argv, "disk-lottery", lottery(generic_block("disk.img")));
}
