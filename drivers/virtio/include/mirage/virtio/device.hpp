// SPDX-License-Identifier: ISC
// What every driver does with its device: finds it, agrees on features, makes the queues, and resets it when
// it breaks the rules. Virtio 1.2 §3.1.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/core/result.hpp"
#include "mirage/virtio/bus.hpp"
#include "mirage/virtio/virtqueue.hpp"

namespace mirage::virtio {

enum class device_error : std::uint8_t {
  no_device,
  only_legacy,
  features_refused,
  no_queue,
  no_reset,
  bad_layout
};
[[nodiscard]] constexpr std::string_view describe(device_error error) noexcept {
  constexpr std::array<std::string_view, 6> words{
      "this machine has no such virtio device left; attach one",
      "this machine's virtio devices have only the legacy interface; give QEMU disable-legacy=on, or "
      "-global virtio-mmio.force-legacy=off",
      "the virtio device does not agree on features",
      "the virtio device lacks a queue, or it is too short",
      "the virtio device does not come to rest when it is reset",
      "the virtio device tells of sizes that cannot be"};
  return words[static_cast<std::size_t>(error)];
}

class device {
 public:
  /// `name` labels the counters, and must outlive it.
  device(std::string_view name, bus& from) noexcept : name_(name), bus_(from) {}
  device(const device&) = delete;
  device& operator=(const device&) = delete;

  /// Which of the features of its kind that a device offers a driver takes.
  using choose_features = std::uint64_t (*)(std::uint64_t offered) noexcept;
  /// Takes the next device of that kind, resets it, and agrees on features.
  [[nodiscard]] result<void, device_error> begin(device_kind kind, choose_features choose) noexcept;
  /// Was it offered, and is it agreed on.
  [[nodiscard]] bool has(unsigned feature_number) const noexcept {
    return (features_ & feature_bit(feature_number)) != 0;
  }
  /// Between `begin` and `run`: the queue of that number, of at most so many entries and at least `least` of
  /// them, with indirect tables of `pieces` where the device takes such.
  [[nodiscard]] result<std::unique_ptr<virtqueue>, device_error> make_queue(std::uint16_t number,
                                                                            std::uint16_t most,
                                                                            std::uint16_t least = 2,
                                                                            std::uint16_t pieces = 0);
  /// From now on the device works.
  void run() noexcept;

  /// Whether it works: from `run` until it is reset or fails.
  [[nodiscard]] bool running() const noexcept { return running_; }
  /// Resets it: after this it touches no memory of ours. False if it does not answer.
  bool reset() noexcept;
  /// Whether what was in flight may be freed: false for one that runs, or did not answer to the reset.
  [[nodiscard]] bool at_rest() const noexcept { return at_rest_; }
  /// The queue's fault is counted and told to the log, and the device reset.
  void fail(queue_fault fault) noexcept;
  /// True when the device says that it cannot go on; then it was counted and reset. After an interrupt.
  bool has_failed() noexcept;

  [[nodiscard]] transport& registers() noexcept { return *transport_; }

  /// A field of the configuration, of 1, 2, 4 or 8 bytes, read as a whole.
  template <class T>
  [[nodiscard]] T configuration(std::size_t offset) noexcept {
    if constexpr (sizeof(T) <= 4) {
      return static_cast<T>(transport_->configuration(offset, sizeof(T)));
    } else {
      return wide_configuration(offset);
    }
  }

 private:
  [[nodiscard]] std::uint64_t wide_configuration(std::size_t offset) noexcept;
  [[nodiscard]] bool wait_for_reset() noexcept;

  std::string_view name_;
  bus& bus_;
  transport* transport_ = nullptr;
  std::uint64_t features_ = 0;
  bool running_ = false;
  bool at_rest_ = true;

  metric_label label_{"device", name_};
  counter jumped_{"virtio_faults_total",
                  {label_, {"reason", describe(queue_fault::index_jumped)}},
                  "What the device did against the rules"};
  counter out_of_range_{"virtio_faults_total", {label_, {"reason", describe(queue_fault::id_out_of_range)}}};
  counter not_in_flight_{"virtio_faults_total", {label_, {"reason", describe(queue_fault::not_in_flight)}}};
  counter too_long_{"virtio_faults_total", {label_, {"reason", describe(queue_fault::length_too_long)}}};
  counter gave_up_{label_, "virtio_faults_total", {"reason", "needs_reset"}};
};

}  // namespace mirage::virtio
