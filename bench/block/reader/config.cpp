// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  auto milliseconds =
      argument<std::uint32_t>("milliseconds", "How long each length and depth is measured", 1000);
  auto reader = unikernel<block>("reader", "unikernel.hpp", milliseconds);
  return configure(argc, argv, "reader", reader(generic_block("disk.img")));
}
