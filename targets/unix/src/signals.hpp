// SPDX-License-Identifier: ISC
// SIGINT and SIGTERM: the first one asks the unikernel to end, the second one ends the process.
#pragma once

#include <atomic>

#include "mirage/core/machine.hpp"
#include "mirage/linux/file_descriptor.hpp"

namespace mirage {

class signal_source final : public machine::descriptor_source {
 public:
  /// Handles both signals from now on; `os::here` must be a `unix_node` for as long.
  void start() noexcept;
  /// The kernel's own behaviour again.
  void stop() noexcept;

  /// From the handler. A loop that is stuck in a task still ends by the second signal, because this does not
  /// go through the loop.
  void arrived(int signal) noexcept;

  bool poll() noexcept override;

 private:
  file_descriptor wake_;
  std::atomic<unsigned> arrived_ = 0;
};

}  // namespace mirage
