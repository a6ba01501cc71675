// SPDX-License-Identifier: ISC
// Where in the source the addresses of a crash report are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace mirage::launcher {

/// Listens to what a guest prints, and keeps the addresses of the report of its crash.
class backtrace {
 public:
  void hear(std::string_view text);

  /// Prints a line a frame to the standard error, from the image that has kept its symbols. Nothing where
  /// there was no crash, or no such image.
  void print(const std::string& unstripped_image) const;

  [[nodiscard]] const std::vector<std::string>& addresses() const { return addresses_; }

 private:
  void hear_line(std::string_view line);
  std::string line_;
  bool in_report_ = false;
  std::vector<std::string> addresses_;
};

}  // namespace mirage::launcher
