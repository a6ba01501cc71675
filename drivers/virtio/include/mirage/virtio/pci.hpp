// SPDX-License-Identifier: ISC
// Registers behind PCI: virtio 1.2 §4.1, by the capabilities of the current interface. Its interrupt comes by
// message (MSI-X) where the device can, else by the line.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "mirage/virtio/transport.hpp"

namespace mirage::virtio {

/// How the configuration space of PCI is reached.
class pci_bus {
 public:
  /// A function of a device: its number on the first bus (0 to 31) times eight, and its own.
  using function = std::uint8_t;

  /// `offset` is a multiple of four. All ones where there is nothing.
  [[nodiscard]] virtual std::uint32_t read(function of, std::uint8_t offset) noexcept = 0;
  virtual void write(function of, std::uint8_t offset, std::uint32_t value) noexcept = 0;

 protected:
  ~pci_bus() = default;
};

#if defined(__x86_64__)
/// The two ports of every PC.
class pci_ports final : public pci_bus {
 public:
  [[nodiscard]] std::uint32_t read(function of, std::uint8_t offset) noexcept override;
  void write(function of, std::uint8_t offset, std::uint32_t value) noexcept override;
};
#endif

class pci_transport final : public transport {
 public:
  /// A function that is a virtio device of the current interface; nothing otherwise.
  [[nodiscard]] static std::optional<pci_transport> probe(pci_bus& bus, pci_bus::function where) noexcept;

  [[nodiscard]] device_kind kind() noexcept override { return kind_; }
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
  // A structure of registers, §4.1.4: null where the device has none.
  struct structure {
    volatile std::byte* at = nullptr;
    std::size_t size = 0;
  };
  static constexpr std::uint16_t most_queues = 4;

  pci_transport() noexcept = default;
  void find_structures(pci_bus& bus, pci_bus::function where) noexcept;
  void use_message(pci_bus& bus, pci_bus::function where) noexcept;

  device_kind kind_{};
  unsigned interrupt_ = 0;
  std::uint8_t message_capability_ = 0;  // where in the configuration space; 0: there is none
  bool by_message_ = false;
  structure common_;
  structure notify_;
  structure interrupts_;
  structure device_;
  std::uint32_t notify_multiplier_ = 0;
  std::array<std::uint16_t, most_queues> notify_offsets_{};
};

}  // namespace mirage::virtio
