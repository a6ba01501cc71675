// SPDX-License-Identifier: ISC
// How a driver reaches the registers of its device, whatever bus it is on: virtio 1.2 §2 and §3. All calls
// are rare but `notify` and `take_interrupts`, so they are virtual and drivers are compiled once.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>

namespace mirage::virtio {

/// Device IDs, §5.
enum class device_kind : std::uint32_t { network = 1, block = 2, console = 3, entropy = 4 };

/// Bits of the status, §2.1.
namespace device_status {
inline constexpr std::uint8_t acknowledge = 1;
inline constexpr std::uint8_t driver = 2;
inline constexpr std::uint8_t driver_ok = 4;
inline constexpr std::uint8_t features_ok = 8;
inline constexpr std::uint8_t needs_reset = 64;
inline constexpr std::uint8_t failed = 128;
}  // namespace device_status

/// Causes of an interrupt, §4.1.4.5.
namespace interrupt_cause {
inline constexpr std::uint8_t queue = 1;
inline constexpr std::uint8_t configuration = 2;
}  // namespace interrupt_cause

/// Feature bits of all kinds of device, §6.
namespace feature {
inline constexpr unsigned indirect_descriptors = 28;
inline constexpr unsigned event_index = 29;
inline constexpr unsigned version_1 = 32;
}  // namespace feature

[[nodiscard]] constexpr std::uint64_t feature_bit(unsigned number) noexcept {
  return std::uint64_t{1} << number;
}
[[nodiscard]] constexpr std::uint64_t feature_bits(std::initializer_list<unsigned> numbers) noexcept {
  std::uint64_t all = 0;
  for (const unsigned each : numbers) all |= feature_bit(each);
  return all;
}

/// Where a split ring lies, as the device sees memory (§2.7).
struct queue_memory {
  std::uint16_t size = 0;  ///< entries, a power of two
  std::uint64_t descriptors = 0;
  std::uint64_t available = 0;
  std::uint64_t used = 0;
};

class transport {
 public:
  [[nodiscard]] virtual device_kind kind() noexcept = 0;
  [[nodiscard]] virtual std::uint64_t offered_features() noexcept = 0;
  virtual void accept_features(std::uint64_t features) noexcept = 0;
  [[nodiscard]] virtual std::uint8_t status() noexcept = 0;
  /// 0 resets the device, which is done when `status` gives 0 again.
  virtual void set_status(std::uint8_t status) noexcept = 0;

  /// The most entries of a queue; 0: there is no such queue.
  [[nodiscard]] virtual std::uint16_t queue_limit(std::uint16_t queue) noexcept = 0;
  virtual void enable_queue(std::uint16_t queue, const queue_memory& where) noexcept = 0;
  /// Rings the doorbell: there is something in the queue.
  virtual void notify(std::uint16_t queue) noexcept = 0;

  /// The interrupt that the device raises, as `machine::watch_interrupt` numbers them.
  [[nodiscard]] virtual unsigned interrupt() const noexcept = 0;
  /// Why it was raised (`interrupt_cause`), which also lowers it.
  [[nodiscard]] virtual std::uint8_t take_interrupts() noexcept = 0;

  /// A field of the device's configuration, of 1, 2 or 4 bytes, aligned. Fields that belong together are read
  /// between two equal generations (§2.5.3).
  [[nodiscard]] virtual std::uint32_t configuration(std::size_t offset, unsigned size) noexcept = 0;
  [[nodiscard]] virtual std::uint32_t configuration_generation() noexcept = 0;

 protected:
  ~transport() = default;
};

}  // namespace mirage::virtio
