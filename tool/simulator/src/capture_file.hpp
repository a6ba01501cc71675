// SPDX-License-Identifier: ISC
// A capture in a file.
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>

#include "mirage/pcap/writer.hpp"

namespace mirage::simulator {

class capture_file final : public pcap::output {
 public:
  explicit capture_file(const std::filesystem::path& path) : file_(std::fopen(path.c_str(), "wb")) {
    if (file_) writer_ = std::make_unique<pcap::writer>(*this);
  }
  /// Null where the file cannot be written.
  [[nodiscard]] pcap::writer* writer() noexcept { return writer_.get(); }
  void append(cbytes part) noexcept override { std::fwrite(part.data(), 1, part.size(), file_.get()); }

 private:
  struct closer {
    void operator()(std::FILE* file) const noexcept { std::fclose(file); }
  };
  std::unique_ptr<std::FILE, closer> file_;
  std::unique_ptr<pcap::writer> writer_;
};

}  // namespace mirage::simulator
