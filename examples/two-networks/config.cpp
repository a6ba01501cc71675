// SPDX-License-Identifier: ISC
// config.cpp: needs mirage >= 1.0
#include <mirage/config.hpp>
using namespace mirage::config;

int main(int argc, char** argv) {
  const group inside{"inside"};
  const group outside{"outside"};
  auto stack_of_both = direct_stack({{netif("", inside), inside}, {netif("", outside), outside}});
  auto who = unikernel<stack>("who_are_you", "unikernel.hpp",
                              argument<std::uint16_t>("port", "The TCP and UDP port to answer on", 7));
  return configure(argc, argv, "two-networks", who(stack_of_both));
}
