// SPDX-License-Identifier: ISC
// Registers in memory: virtio 1.2 §4.2.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/result.hpp"
#include "mirage/virtio/transport.hpp"

namespace mirage::virtio {

/// Where such a device is, as a hypervisor writes it on the command line.
struct mmio_place {
  std::uint64_t size = 0;
  std::uint64_t address = 0;
  unsigned interrupt = 0;

  /// `SIZE@ADDRESS:INTERRUPT[:ID]`, sizes with K, M or G; nothing when it is written otherwise.
  [[nodiscard]] static std::optional<mmio_place> parse(std::string_view text) noexcept;
  bool operator==(const mmio_place&) const = default;
};

class mmio_transport final : public transport {
 public:
  enum class probe_error : std::uint8_t { nothing_there, legacy };
  /// Looks whether there is a device of the current interface (version 2).
  [[nodiscard]] static result<mmio_transport, probe_error> probe(const mmio_place& place) noexcept;

  [[nodiscard]] device_kind kind() noexcept override;
  [[nodiscard]] std::uint64_t offered_features() noexcept override;
  void accept_features(std::uint64_t features) noexcept override;
  [[nodiscard]] std::uint8_t status() noexcept override;
  void set_status(std::uint8_t status) noexcept override;
  [[nodiscard]] std::uint16_t queue_limit(std::uint16_t queue) noexcept override;
  void enable_queue(std::uint16_t queue, const queue_memory& where) noexcept override;
  void notify(std::uint16_t queue) noexcept override;
  [[nodiscard]] unsigned interrupt() const noexcept override { return interrupt_; }
  [[nodiscard]] std::uint8_t take_interrupts() noexcept override;
  [[nodiscard]] std::uint32_t configuration(std::size_t offset, unsigned size) noexcept override;
  [[nodiscard]] std::uint32_t configuration_generation() noexcept override;

 private:
  mmio_transport(volatile std::byte* registers, const mmio_place& place) noexcept;

  volatile std::byte* registers_;
  std::size_t configuration_size_;
  unsigned interrupt_;
};

}  // namespace mirage::virtio
