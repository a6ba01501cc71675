// SPDX-License-Identifier: ISC
#include "mirage/virtio/mmio.hpp"

#include <charconv>

#include "mirage/core/machine.hpp"
#include "registers.hpp"

namespace mirage::virtio {

namespace {

// §4.2.2.
namespace at {
constexpr std::size_t magic = 0x000;
constexpr std::size_t version = 0x004;
constexpr std::size_t device_id = 0x008;
constexpr std::size_t device_features = 0x010;
constexpr std::size_t device_features_select = 0x014;
constexpr std::size_t driver_features = 0x020;
constexpr std::size_t driver_features_select = 0x024;
constexpr std::size_t queue_select = 0x030;
constexpr std::size_t queue_size_max = 0x034;
constexpr std::size_t queue_size = 0x038;
constexpr std::size_t queue_ready = 0x044;
constexpr std::size_t queue_notify = 0x050;
constexpr std::size_t interrupt_status = 0x060;
constexpr std::size_t interrupt_acknowledge = 0x064;
constexpr std::size_t status = 0x070;
constexpr std::size_t queue_descriptors = 0x080;
constexpr std::size_t queue_available = 0x090;
constexpr std::size_t queue_used = 0x0a0;
constexpr std::size_t configuration_generation = 0x0fc;
constexpr std::size_t configuration = 0x100;
}  // namespace at

constexpr std::uint32_t magic_value = 0x74726976;  // "virt"
constexpr std::uint32_t current_version = 2;

// A number with an optional 0x in front, taken off `text`.
std::optional<std::uint64_t> take_number(std::string_view& text) noexcept {
  const bool is_hexadecimal = text.starts_with("0x");
  if (is_hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, is_hexadecimal ? 16 : 10);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

bool take(std::string_view& text, char expected) noexcept {
  if (!text.starts_with(expected)) return false;
  text.remove_prefix(1);
  return true;
}

unsigned take_unit(std::string_view& text) noexcept {
  if (take(text, 'K')) return 10;
  if (take(text, 'M')) return 20;
  if (take(text, 'G')) return 30;
  return 0;
}

}  // namespace

std::optional<mmio_place> mmio_place::parse(std::string_view text) noexcept {
  const auto size = take_number(text);
  if (!size) return std::nullopt;
  const unsigned unit = take_unit(text);
  if (*size > UINT32_MAX || !take(text, '@')) return std::nullopt;
  const auto address = take_number(text);
  if (!address || !take(text, ':')) return std::nullopt;
  const auto interrupt = take_number(text);
  if (!interrupt || *interrupt > UINT16_MAX) return std::nullopt;
  if (take(text, ':') && !take_number(text)) return std::nullopt;
  if (!text.empty()) return std::nullopt;
  return mmio_place{
      .size = *size << unit, .address = *address, .interrupt = static_cast<unsigned>(*interrupt)};
}

mmio_transport::mmio_transport(volatile std::byte* registers, const mmio_place& place) noexcept
    : registers_(registers),
      configuration_size_(static_cast<std::size_t>(place.size) - at::configuration),
      interrupt_(place.interrupt) {}

auto mmio_transport::probe(const mmio_place& place) noexcept -> result<mmio_transport, probe_error> {
  if (place.size < at::configuration || place.size > (1U << 30U)) return fail(probe_error::nothing_there);
  volatile std::byte* const registers =
      machine::map_registers(place.address, static_cast<std::size_t>(place.size));
  if (registers == nullptr || machine::read32(registers + at::magic) != magic_value)
    return fail(probe_error::nothing_there);
  // A place without a device has the ID 0, whatever its version.
  if (machine::read32(registers + at::device_id) == 0) return fail(probe_error::nothing_there);
  if (machine::read32(registers + at::version) != current_version) return fail(probe_error::legacy);
  return mmio_transport(registers, place);
}

device_kind mmio_transport::kind() noexcept {
  return static_cast<device_kind>(machine::read32(registers_ + at::device_id));
}

std::uint64_t mmio_transport::offered_features() noexcept {
  return read_features(registers_ + at::device_features_select, registers_ + at::device_features);
}

void mmio_transport::accept_features(std::uint64_t features) noexcept {
  write_features(registers_ + at::driver_features_select, registers_ + at::driver_features, features);
}

std::uint8_t mmio_transport::status() noexcept {
  return static_cast<std::uint8_t>(machine::read32(registers_ + at::status));
}

void mmio_transport::set_status(std::uint8_t status) noexcept {
  machine::write32(registers_ + at::status, status);
}

std::uint16_t mmio_transport::queue_limit(std::uint16_t queue) noexcept {
  machine::write32(registers_ + at::queue_select, queue);
  return entries_of(machine::read32(registers_ + at::queue_size_max));
}

void mmio_transport::enable_queue(std::uint16_t queue, const queue_memory& where) noexcept {
  machine::write32(registers_ + at::queue_select, queue);
  machine::write32(registers_ + at::queue_size, where.size);
  write_address(registers_ + at::queue_descriptors, where.descriptors);
  write_address(registers_ + at::queue_available, where.available);
  write_address(registers_ + at::queue_used, where.used);
  machine::write32(registers_ + at::queue_ready, 1);
}

void mmio_transport::notify(std::uint16_t queue) noexcept {
  machine::write32(registers_ + at::queue_notify, queue);
}

std::uint8_t mmio_transport::take_interrupts() noexcept {
  const std::uint32_t causes = machine::read32(registers_ + at::interrupt_status);
  if (causes != 0) machine::write32(registers_ + at::interrupt_acknowledge, causes);
  return static_cast<std::uint8_t>(causes);
}

std::uint32_t mmio_transport::configuration(std::size_t offset, unsigned size) noexcept {
  return read_field(registers_ + at::configuration, configuration_size_, offset, size);
}

std::uint32_t mmio_transport::configuration_generation() noexcept {
  return machine::read32(registers_ + at::configuration_generation);
}

}  // namespace mirage::virtio
