// SPDX-License-Identifier: ISC
#include "mirage/virtio/device.hpp"

#include <algorithm>
#include <bit>

#include "mirage/core/log.hpp"

namespace mirage::virtio {

namespace {

constexpr log_source virtio_log{"virtio"};

// How often the status is read before a device counts as dead.
constexpr int patience = 100'000;

constexpr std::uint64_t always_wanted = feature_bit(feature::version_1) | feature_bit(feature::event_index) |
                                        feature_bit(feature::indirect_descriptors);

}  // namespace

result<void, device_error> device::begin(device_kind kind, choose_features choose) noexcept {
  using namespace device_status;
  transport_ = bus_.claim(kind);
  if (transport_ == nullptr)
    return mirage::fail(bus_.refused() != 0 ? device_error::only_legacy : device_error::no_device);
  transport_->set_status(0);
  if (!wait_for_reset()) return mirage::fail(device_error::no_reset);
  transport_->set_status(acknowledge);
  transport_->set_status(acknowledge | driver);
  const std::uint64_t offered = transport_->offered_features();
  features_ = offered & (choose(offered) | always_wanted);
  if (!has(feature::version_1)) {
    transport_->set_status(failed);
    return mirage::fail(device_error::only_legacy);
  }
  transport_->accept_features(features_);
  transport_->set_status(acknowledge | driver | features_ok);
  if ((transport_->status() & features_ok) == 0) {
    transport_->set_status(failed);
    return mirage::fail(device_error::features_refused);
  }
  return {};
}

result<std::unique_ptr<virtqueue>, device_error> device::make_queue(std::uint16_t number, std::uint16_t most,
                                                                    std::uint16_t least,
                                                                    std::uint16_t pieces) {
  // A limit that is no power of two is for packed rings.
  const std::uint16_t size = std::bit_floor(std::min(transport_->queue_limit(number), most));
  if (!has(feature::indirect_descriptors)) pieces = 0;
  if (size == 0 || std::max(size, pieces) < least) return mirage::fail(device_error::no_queue);
  auto queue = std::make_unique<virtqueue>(
      virtqueue_options{.size = size, .event_index = has(feature::event_index), .indirect = pieces});
  transport_->enable_queue(number, queue->memory());
  return queue;
}

void device::run() noexcept {
  using namespace device_status;
  transport_->set_status(acknowledge | driver | features_ok | driver_ok);
  running_ = true;
  at_rest_ = false;
}

bool device::wait_for_reset() noexcept {
  for (int left = patience; left > 0; --left)
    if (transport_->status() == 0) return true;
  return false;
}

bool device::reset() noexcept {
  running_ = false;
  if (transport_ == nullptr) return true;
  transport_->set_status(0);
  at_rest_ = wait_for_reset();
  return at_rest_;
}

void device::fail(queue_fault fault) noexcept {
  switch (fault) {
    case queue_fault::none: return;
    case queue_fault::index_jumped: ++jumped_; break;
    case queue_fault::id_out_of_range: ++out_of_range_; break;
    case queue_fault::not_in_flight: ++not_in_flight_; break;
    case queue_fault::length_too_long: ++too_long_; break;
  }
  const bool rests = reset();
  virtio_log.error("{}: the device broke the rules of its queue ({}); it {}", name_, describe(fault),
                   rests ? "was reset and is no longer used" : "does not answer to a reset");
}

bool device::has_failed() noexcept {
  if ((transport_->status() & device_status::needs_reset) == 0) return false;
  ++gave_up_;
  const bool rests = reset();
  virtio_log.error("{}: the device says that it cannot go on; it {}", name_,
                   rests ? "was reset and is no longer used" : "does not answer to a reset");
  return true;
}

std::uint64_t device::wide_configuration(std::size_t offset) noexcept {
  // Bounded: a device may change its generation with every look.
  std::uint64_t value = 0;
  for (int left = 100; left > 0; --left) {
    const std::uint32_t before = transport_->configuration_generation();
    value = transport_->configuration(offset, 4) | std::uint64_t{transport_->configuration(offset + 4, 4)}
                                                       << 32U;
    if (transport_->configuration_generation() == before) break;
  }
  return value;
}

}  // namespace mirage::virtio
