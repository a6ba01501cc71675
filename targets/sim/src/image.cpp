// SPDX-License-Identifier: ISC
// The one symbol that the simulator looks for.
#include "mirage/simulation/image.hpp"

#include "mirage/core/unikernel.hpp"
#include "sim_node.hpp"

namespace {

std::unique_ptr<mirage::simulation::booted> boot(mirage::simulation::host& on,
                                                 std::span<const std::string_view> command_line) {
  return std::make_unique<mirage::sim_node>(on, command_line);
}

}  // namespace

extern "C" [[gnu::visibility("default")]] const mirage::simulation::image* mirage_simulated_image();

const mirage::simulation::image* mirage_simulated_image() {
  static constexpr mirage::simulation::image made{
      .abi = mirage::simulation::image_abi, .name = [] { return mirage::image.name; }, .boot = boot};
  return &made;
}
