// SPDX-License-Identifier: ISC
// What is typed, on its way to the console of a guest.
#pragma once

#include <poll.h>

#include <string>

namespace mirage::launcher {

/// Passes on what one descriptor has to QEMU's standard input at another, as far as that takes it, without
/// waiting. The end of the input becomes a Ctrl-D, because a virtual terminal knows no other.
class keyboard {
 public:
  /// The descriptors stay the caller's; `to` must not block. `from` may be -1: nobody types.
  keyboard(int from, int to) : from_(from), to_(to) {}

  /// What to wait for until the next step.
  [[nodiscard]] pollfd wanted() const;
  /// To be called when that is so.
  void step();
  /// Nothing more is passed on.
  void close() { from_ = -1; }

 private:
  void read();
  void write();

  int from_;
  int to_;
  std::string waiting_;
};

}  // namespace mirage::launcher
