// SPDX-License-Identifier: ISC
// The way of a program in dom0 to xenstored: a Unix socket with the same messages as in a guest's page.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "mirage/core/machine.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/xen/xenstore.hpp"

namespace mirage::xen {

class xenstore_socket final : public xenstore_transport, machine::descriptor_source {
 public:
  xenstore_socket() noexcept = default;
  xenstore_socket(const xenstore_socket&) = delete;
  xenstore_socket& operator=(const xenstore_socket&) = delete;
  ~xenstore_socket() { disconnect(); }

  /// False: nobody listens there, or we may not. Until it is connected, the transport is broken, so a store
  /// over it must not be asked anything.
  [[nodiscard]] bool connect(const std::string& path) noexcept;
  void disconnect() noexcept;

  void attach(user* who) noexcept override { user_ = who; }
  [[nodiscard]] std::optional<std::size_t> write(cbytes from) noexcept override;
  [[nodiscard]] std::optional<std::size_t> read(bytes to) noexcept override;
  void flush() noexcept override {}

 private:
  bool poll() noexcept override;

  file_descriptor socket_;
  user* user_ = nullptr;
};

}  // namespace mirage::xen
