// SPDX-License-Identifier: ISC
// What asks a unikernel to end.
#pragma once

#include "mirage/core/event.hpp"

namespace mirage {

/// An event that remembers whether somebody waited for it: a unikernel that does ends by itself, any other
/// has to be ended.
class shutdown_event : public event {
 public:
  void set() noexcept {
    if (is_set()) return;
    awaited_ = is_awaited();
    event::set();
    asked_.set();
  }

  /// Whether a task waited when it was set.
  [[nodiscard]] bool was_awaited() const noexcept { return awaited_; }

  /// Set together with this one, for who must not count as waiting for it.
  [[nodiscard]] event& asked() noexcept { return asked_; }

 private:
  event asked_;
  bool awaited_ = false;
};

}  // namespace mirage
