// SPDX-License-Identifier: ISC
// What generated code and targets speak to each other. The generated `main.cpp` defines `run`; the target's
// start-up makes a node and calls `run_unikernel`.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "mirage/core/arguments.hpp"
#include "mirage/core/log.hpp"
#include "mirage/core/node.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/ready.hpp"
#include "mirage/core/scope.hpp"
#include "mirage/core/sleep.hpp"
#include "mirage/core/task.hpp"
#include "mirage/core/when.hpp"

namespace mirage {

/// Defined by the generated `main.cpp`: parses the boot arguments, makes and starts the devices in order,
/// runs the unikernels, and stops the devices. Gives the exit status.
task<int> run(std::span<const std::string_view> command_line);

/// A package that is linked into the image.
struct linked_package {
  std::string_view name;
  std::string_view version;
};

/// What the image is; defined by the generated `main.cpp`.
struct image_info {
  std::string_view name;
  std::string_view target;
  std::span<const linked_package> packages;
};
extern const image_info image;

/// Exit statuses, as MirageOS has them: an orchestrator must not restart a unikernel that ended with 63 or
/// 64. A device that cannot start ends the unikernel with 1, a failed check with 2.
namespace exit_status {
inline constexpr int ok = 0;
inline constexpr int device_failed = 1;
inline constexpr int crashed = 2;
inline constexpr int help = 63;
inline constexpr int bad_argument = 64;
}  // namespace exit_status

/// Runs the node until `run` has ended: spawns it and calls `platform::wait` between rounds. For targets that
/// may block; others call `node.run_round()` themselves. Gives the exit status.
int run_unikernel(os::node& node, std::span<const std::string_view> command_line) noexcept;

/// How long a device has to `stop()`, and a unikernel that waits for `os::shutdown()` to end after that.
inline constexpr duration stop_limit = 5s;

/// Runs `jobs` until they have ended or the unikernel is asked to end. If one of its tasks waited for that
/// (`co_await os::shutdown()`), they have until `stop_limit` to end by themselves; then they are cancelled.
task<> until_shutdown(task<> jobs);

/// The devices of an image in the order in which they start. Those that have started are stopped in the
/// opposite order, however far starting came, and those that it made end with it in the opposite order, too.
/// An image that is all that a machine runs (MIRAGE_BARE) ends together with the machine instead: it has no
/// code that unmakes devices.
class device_list {
 public:
  device_list() = default;
  device_list(const device_list&) = delete;
  device_list& operator=(const device_list&) = delete;
  ~device_list() {
    while (!made_.empty()) made_.pop_back();
  }

  /// Makes the device that `make_device()` gives.
  template <class Make>
  auto& make(Make make_device) {
    using device = std::invoke_result_t<Make>;
    made made_device(new device(make_device()), [](void* one) { delete static_cast<device*>(one); });
#if MIRAGE_BARE
    return *static_cast<device*>(made_device.release());
#else
    return *static_cast<device*>(made_.emplace_back(std::move(made_device)).get());
#endif
  }

  /// Starts a device, if it has `start()`; it must outlive the list, or be made by it. False: it cannot,
  /// which the console was told in one sentence, and the image has to `give_up`.
  template <class Device>
    requires requires(Device& device) { device.start(); }
  task<bool> start(std::string_view name, Device& device);
  // Of what cannot fail nothing is left behind in the image.
  template <class Device>
  ready<std::true_type> start(std::string_view name, Device& device) {
    keep(name, device);
    return std::true_type();
  }

  /// Stops those that have `stop()`, each within `stop_limit`.
  task<> stop();
  /// Stops them, and gives the exit status of an image with a device that cannot start.
  task<int> give_up();

 private:
  struct started {
    std::string_view name;
    void* device;
    task<> (*stop)(void* device);
  };
  template <class Device>
  void keep(std::string_view name, Device& device) {
    if constexpr (requires { device.stop(); })
      keep({name, &device, [](void* one) -> task<> { return static_cast<Device*>(one)->stop(); }});
  }
  void keep(const started& one);
  static void tell_failure(std::string_view name, std::string_view why);

  using made = std::unique_ptr<void, void (*)(void*)>;

  std::vector<started> started_;
  std::vector<made> made_;
};

template <class Device>
  requires requires(Device& device) { device.start(); }
task<bool> device_list::start(std::string_view name, Device& device) {
  auto started = co_await device.start();
  if (started)
    keep(name, device);
  else
    tell_failure(name, describe(started.error()));
  co_return started.has_value();
}

}  // namespace mirage
