// SPDX-License-Identifier: ISC
#include "mirage/virtio/bus.hpp"

namespace mirage::virtio {

namespace {

constexpr std::string_view device_word = "virtio_mmio.device=";
constexpr unsigned slots = 32;
constexpr unsigned functions = 8;
constexpr std::uint8_t header_type = 0x0c;  // the third byte of that word
constexpr std::uint32_t several_functions = 0x0080'0000;

}  // namespace

bool bus::take_word(std::string_view word) noexcept {
  if (!word.starts_with(device_word)) return false;
  if (const auto place = mmio_place::parse(word.substr(device_word.size()))) look_at(*place);
  return true;
}

void bus::look_at(const mmio_place& place) noexcept {
  auto device = mmio_transport::probe(place);
  if (device && !in_memory_.full() && !all_.full())
    add(in_memory_.emplace_back(*std::move(device)));
  else if (device || device.error() == mmio_transport::probe_error::legacy)
    ++refused_;
}

void bus::look_at(pci_bus& pci) noexcept {
  for (unsigned slot = 0; slot < slots; ++slot) {
    const auto first = static_cast<pci_bus::function>(slot * functions);
    if ((pci.read(first, 0) & 0xffffU) == 0xffffU) continue;
    const bool has_several = (pci.read(first, header_type) & several_functions) != 0;
    for (unsigned i = 0; i < (has_several ? functions : 1); ++i) {
      auto device = pci_transport::probe(pci, static_cast<pci_bus::function>(first + i));
      if (!device) continue;
      if (on_pci_.full() || all_.full())
        ++refused_;
      else
        add(on_pci_.emplace_back(*std::move(device)));
    }
  }
}

void bus::add(transport& device) noexcept { all_.push_back({.device = &device}); }

transport* bus::claim(device_kind kind) noexcept {
  for (found& each : all_) {
    if (each.claimed || each.device->kind() != kind) continue;
    each.claimed = true;
    return each.device;
  }
  return nullptr;
}

}  // namespace mirage::virtio
