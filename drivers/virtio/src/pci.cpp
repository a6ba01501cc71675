// SPDX-License-Identifier: ISC
#include "mirage/virtio/pci.hpp"

#include <algorithm>

#include "mirage/core/machine.hpp"
#include "registers.hpp"

namespace mirage::virtio {

namespace {

// The configuration space of PCI (PCI Local Bus Specification 3.0 §6.1).
namespace header {
constexpr std::uint8_t identity = 0x00;
constexpr std::uint8_t command = 0x04;
constexpr std::uint8_t first_bar = 0x10;
constexpr std::uint8_t first_capability = 0x34;
constexpr std::uint8_t interrupt_line = 0x3c;
}  // namespace header
constexpr std::uint32_t decodes_memory = 0x0002;
constexpr std::uint32_t masters_bus = 0x0004;
constexpr std::uint32_t no_interrupt_pin = 0x0400;
constexpr std::uint32_t has_capabilities = 0x0010'0000;
constexpr unsigned bars = 6;

// Interrupts by message (the same, §6.8.2).
namespace message {
constexpr std::uint8_t capability = 0x11;
constexpr std::uint32_t enabled = 0x8000'0000;
constexpr std::uint32_t all_masked = 0x4000'0000;
constexpr std::size_t entry_size = 16;  // of the table: an address, what is written there, and a mask
constexpr std::uint16_t first_entry = 0;
}  // namespace message

// §4.1.2, §4.1.4.
constexpr std::uint16_t vendor = 0x1af4;
constexpr std::uint16_t first_device = 0x1040;  // of the current interface: 0x1040 and the device ID
constexpr std::uint16_t last_device = 0x107f;
constexpr std::uint16_t first_transitional = 0x1000;
constexpr std::uint16_t last_transitional = 0x1009;
constexpr std::uint8_t vendor_capability = 9;
// However long a structure is said to be: a page for the doorbell of each queue is more than any other needs.
constexpr std::uint32_t largest_structure = 64 * 1024;
enum structure_kind : std::uint8_t {
  common = 1,
  notification = 2,
  interrupt_status = 3,
  device_specific = 4
};

// §4.1.4.3.
namespace at {
constexpr std::size_t device_feature_select = 0;
constexpr std::size_t device_feature = 4;
constexpr std::size_t driver_feature_select = 8;
constexpr std::size_t driver_feature = 12;
constexpr std::size_t configuration_message = 16;
constexpr std::size_t status = 20;
constexpr std::size_t configuration_generation = 21;
constexpr std::size_t queue_select = 22;
constexpr std::size_t queue_size = 24;
constexpr std::size_t queue_message = 26;
constexpr std::size_t queue_enable = 28;
constexpr std::size_t queue_notify_offset = 30;
constexpr std::size_t queue_descriptors = 32;
constexpr std::size_t queue_available = 40;
constexpr std::size_t queue_used = 48;
constexpr std::size_t end = 56;
}  // namespace at

// The kind of a transitional device is in its subsystem ID only; the older device IDs tell the same.
std::optional<device_kind> kind_of(std::uint16_t device) noexcept {
  if (device >= first_device && device <= last_device) return static_cast<device_kind>(device - first_device);
  constexpr std::array kinds{device_kind::network, device_kind::block,   device_kind{5}, device_kind::console,
                             device_kind{8},       device_kind::entropy, device_kind{0}, device_kind{0},
                             device_kind{0},       device_kind{9}};
  if (device < first_transitional || device > last_transitional) return std::nullopt;
  return kinds[static_cast<std::size_t>(device - first_transitional)];
}

// The physical address that a base address register holds; nothing for one of ports, or that nobody has set.
std::optional<std::uint64_t> address_of(pci_bus& bus, pci_bus::function of, unsigned bar) noexcept {
  const auto place = static_cast<std::uint8_t>(header::first_bar + 4 * bar);
  const std::uint32_t low = bus.read(of, place);
  if ((low & 1U) != 0) return std::nullopt;
  std::uint64_t address = low & ~0xfU;
  const bool is_wide = (low & 6U) == 4;
  if (is_wide && bar + 1 < bars)
    address |= std::uint64_t{bus.read(of, static_cast<std::uint8_t>(place + 4))} << 32U;
  if (address == 0) return std::nullopt;
  return address;
}

}  // namespace

#if defined(__x86_64__)
namespace {
constexpr std::uint16_t address_port = 0xcf8;
constexpr std::uint16_t data_port = 0xcfc;
constexpr std::uint32_t select(pci_bus::function of, std::uint8_t offset) {
  return 0x8000'0000U | std::uint32_t{of} << 8U | offset;
}
}  // namespace

std::uint32_t pci_ports::read(function of, std::uint8_t offset) noexcept {
  machine::out32(address_port, select(of, offset));
  return machine::in32(data_port);
}
void pci_ports::write(function of, std::uint8_t offset, std::uint32_t value) noexcept {
  machine::out32(address_port, select(of, offset));
  machine::out32(data_port, value);
}
#endif

// ---- Finding -------------------------------------------------------------------------------------------

std::optional<pci_transport> pci_transport::probe(pci_bus& bus, pci_bus::function where) noexcept {
  const std::uint32_t identity = bus.read(where, header::identity);
  if ((identity & 0xffffU) != vendor) return std::nullopt;
  const auto kind = kind_of(static_cast<std::uint16_t>(identity >> 16U));
  if (!kind) return std::nullopt;
  const std::uint32_t command = bus.read(where, header::command);
  if ((command & has_capabilities) == 0) return std::nullopt;
  bus.write(where, header::command, ((command & 0xffffU) | decodes_memory | masters_bus) & ~no_interrupt_pin);
  pci_transport made;
  made.kind_ = *kind;
  made.interrupt_ = bus.read(where, header::interrupt_line) & 0xffU;
  made.find_structures(bus, where);
  if (made.common_.size < at::end || made.notify_.size < 2 || made.interrupts_.size < 1) return std::nullopt;
  if (made.message_capability_ != 0) made.use_message(bus, where);
  return made;
}

// One message for all: who is told polls every queue.
void pci_transport::use_message(pci_bus& bus, pci_bus::function where) noexcept {
  const std::uint8_t here = message_capability_;
  const std::uint32_t place = bus.read(where, static_cast<std::uint8_t>(here + 4));
  const unsigned bar = place & 7U;
  const auto base = bar < bars ? address_of(bus, where, bar) : std::nullopt;
  if (!base) return;
  volatile std::byte* const entry = machine::map_registers(*base + (place & ~7U), message::entry_size);
  const auto message = entry != nullptr ? machine::new_interrupt_message() : std::nullopt;
  if (!message) return;
  write_address(entry, message->address);
  machine::write32(entry + 8, message->data);
  machine::write32(entry + 12, 0);
  bus.write(where, here, (bus.read(where, here) | message::enabled) & ~message::all_masked);
  interrupt_ = message->interrupt;
  by_message_ = true;
}

void pci_transport::find_structures(pci_bus& bus, pci_bus::function where) noexcept {
  std::uint8_t next = bus.read(where, header::first_capability) & 0xfcU;
  // The list may be a circle; more capabilities than this do not fit.
  for (int left = 48; next != 0 && left > 0; --left) {
    const std::uint8_t here = next;
    const std::uint32_t head = bus.read(where, here);
    next = static_cast<std::uint8_t>(head >> 8U) & 0xfcU;
    if ((head & 0xffU) == message::capability) message_capability_ = here;
    if ((head & 0xffU) != vendor_capability) continue;
    const auto what = static_cast<std::uint8_t>(head >> 24U);
    const unsigned bar = bus.read(where, static_cast<std::uint8_t>(here + 4)) & 0xffU;
    const std::uint32_t offset = bus.read(where, static_cast<std::uint8_t>(here + 8));
    const std::uint32_t length =
        std::min(bus.read(where, static_cast<std::uint8_t>(here + 12)), largest_structure);
    structure* place = what == common             ? &common_
                       : what == notification     ? &notify_
                       : what == interrupt_status ? &interrupts_
                       : what == device_specific  ? &device_
                                                  : nullptr;
    // Of several of one kind, the first that can be used (§4.1.4).
    if (place == nullptr || place->at != nullptr || bar >= bars) continue;
    const auto address = address_of(bus, where, bar);
    if (!address) continue;
    place->at = machine::map_registers(*address + offset, length);
    place->size = place->at == nullptr ? 0 : length;
    if (what == notification) notify_multiplier_ = bus.read(where, static_cast<std::uint8_t>(here + 16));
  }
}

// ---- Registers -----------------------------------------------------------------------------------------

std::uint64_t pci_transport::offered_features() noexcept {
  return read_features(common_.at + at::device_feature_select, common_.at + at::device_feature);
}

void pci_transport::accept_features(std::uint64_t features) noexcept {
  write_features(common_.at + at::driver_feature_select, common_.at + at::driver_feature, features);
  if (by_message_) machine::write16(common_.at + at::configuration_message, message::first_entry);
}

std::uint8_t pci_transport::status() noexcept { return machine::read8(common_.at + at::status); }
void pci_transport::set_status(std::uint8_t status) noexcept {
  machine::write8(common_.at + at::status, status);
}

std::uint16_t pci_transport::queue_limit(std::uint16_t queue) noexcept {
  if (queue >= most_queues) return 0;
  machine::write16(common_.at + at::queue_select, queue);
  if (by_message_) {
    // A device that has no room for the message does not keep its number (§4.1.5.1.2.2).
    machine::write16(common_.at + at::queue_message, message::first_entry);
    if (machine::read16(common_.at + at::queue_message) != message::first_entry) return 0;
  }
  return entries_of(machine::read16(common_.at + at::queue_size));
}

void pci_transport::enable_queue(std::uint16_t queue, const queue_memory& where) noexcept {
  machine::write16(common_.at + at::queue_select, queue);
  machine::write16(common_.at + at::queue_size, where.size);
  write_address(common_.at + at::queue_descriptors, where.descriptors);
  write_address(common_.at + at::queue_available, where.available);
  write_address(common_.at + at::queue_used, where.used);
  notify_offsets_[queue] = machine::read16(common_.at + at::queue_notify_offset);
  machine::write16(common_.at + at::queue_enable, 1);
}

void pci_transport::notify(std::uint16_t queue) noexcept {
  const std::uint64_t offset = std::uint64_t{notify_offsets_[queue]} * notify_multiplier_;
  // A device that gave a place outside of its registers is not rung.
  if (offset + 2 <= notify_.size) machine::write16(notify_.at + offset, queue);
}

// A message says no cause, so it is each of them.
std::uint8_t pci_transport::take_interrupts() noexcept {
  if (by_message_) return interrupt_cause::queue | interrupt_cause::configuration;
  return machine::read8(interrupts_.at);
}

std::uint32_t pci_transport::configuration(std::size_t offset, unsigned size) noexcept {
  return read_field(device_.at, device_.size, offset, size);
}

std::uint32_t pci_transport::configuration_generation() noexcept {
  return machine::read8(common_.at + at::configuration_generation);
}

}  // namespace mirage::virtio
