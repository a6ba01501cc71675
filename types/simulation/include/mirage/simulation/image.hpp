// SPDX-License-Identifier: ISC
// What the simulator and a unikernel that was built for it say to each other. The unikernel is a shared
// object with its own copy of everything, so different ones can run in one process; each node of it is an
// object that the scheduler drives.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "mirage/core/bytes.hpp"
#include "mirage/core/mac_address.hpp"
#include "mirage/core/time.hpp"
#include "mirage/simulation/network.hpp"
#include "mirage/simulation/scheduler.hpp"

namespace mirage::simulation {

/// Changes with every change of this file; the simulator refuses another one.
inline constexpr std::uint32_t image_abi = 1;

/// Where an interface of a node is plugged in.
struct attachment {
  port* cable;
  mac_address mac;
  network_options options;
};

/// What a node asks of the simulator.
class host {
 public:
  [[nodiscard]] virtual instant now() const noexcept = 0;
  [[nodiscard]] virtual wall_time wall() const noexcept = 0;
  virtual void random(bytes out) noexcept = 0;
  virtual void console(std::string_view text) noexcept = 0;
  [[noreturn]] virtual void crash(std::string_view why, std::string_view where) noexcept = 0;
  /// The interface of that name; one that no link has is without a carrier. Empty: the first.
  [[nodiscard]] virtual attachment interface(std::string_view name) noexcept = 0;

 protected:
  ~host() = default;
};

/// A node that was booted. Destroying it is what cutting the power is.
class booted : public member {
 public:
  virtual ~booted() = default;
  /// Once it has ended: the exit status.
  [[nodiscard]] virtual std::optional<int> status() const noexcept = 0;
  /// As a power button, or SIGTERM.
  virtual void ask_to_end() noexcept = 0;
};

struct image {
  std::uint32_t abi;
  std::string_view (*name)();
  std::unique_ptr<booted> (*boot)(host& on, std::span<const std::string_view> command_line);
};

/// The one symbol that a shared object has for others: `extern "C" const image* mirage_simulated_image()`.
using image_function = const image* (*)();
inline constexpr const char* image_symbol = "mirage_simulated_image";

}  // namespace mirage::simulation
