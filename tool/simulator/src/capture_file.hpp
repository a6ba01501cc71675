// SPDX-License-Identifier: ISC
// A capture in a file of the host. It belongs to no node, unlike that of an interface of drivers/linux: the
// time is the scheduler's, and what cannot be written is told at the end.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>

#include "failure.hpp"
#include "mirage/pcap/writer.hpp"

namespace mirage::simulator {

class capture_file final : public pcap::output {
 public:
  /// Makes the file anew.
  explicit capture_file(std::filesystem::path path);
  capture_file(const capture_file&) = delete;
  capture_file& operator=(const capture_file&) = delete;

  /// Null where the file cannot be made.
  [[nodiscard]] pcap::writer* writer() noexcept { return writer_ ? &*writer_ : nullptr; }
  void append(cbytes part) noexcept override;
  /// Writes what is left. A failure if the file does not hold everything. What is appended
  /// later is lost.
  outcome<void> close();

 private:
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::filesystem::path path_;
  std::unique_ptr<std::FILE, closer> file_;
  int error_ = 0;  // of the first part that was not written
  std::optional<pcap::writer> writer_;
};

}  // namespace mirage::simulator
