// SPDX-License-Identifier: ISC
// Who receives from a network device, with its type erased: drivers are compiled once, whatever stack is
// above them.
#pragma once

#include <cstdint>
#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/core/subscription.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// The one `v1::network_sink` of a device, or none. It does not own the sink, and must outlive the
/// subscription.
class any_network_sink {
 public:
  any_network_sink() noexcept = default;
  any_network_sink(const any_network_sink&) = delete;
  any_network_sink& operator=(const any_network_sink&) = delete;
  ~any_network_sink() { require(object_ == nullptr, "a subscription outlives its network"); }

  /// For the device's `listen`.
  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) noexcept {
    require(object_ == nullptr, "a network has two sinks: share it between them");
    object_ = &sink;
    input_ = [](void* to, buffer&& frame, const v1::received& how) {
      static_cast<Sink*>(to)->input(std::move(frame), how);
    };
    batch_end_ = [](void* to) { static_cast<Sink*>(to)->batch_end(); };
    writable_ = [](void* to) { static_cast<Sink*>(to)->writable(); };
    link_restored_ = [](void* to) {
      if constexpr (requires(Sink& one) { one.link_restored(); }) static_cast<Sink*>(to)->link_restored();
    };
    return {
        [](void* self, std::uintptr_t) noexcept { static_cast<any_network_sink*>(self)->object_ = nullptr; },
        this};
  }

  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }

  void input(buffer&& frame, const v1::received& how) { input_(object_, std::move(frame), how); }
  void batch_end() { batch_end_(object_); }
  void writable() { writable_(object_); }
  /// For a sink that has it.
  void link_restored() { link_restored_(object_); }

 private:
  void* object_ = nullptr;
  void (*input_)(void* to, buffer&& frame, const v1::received& how) = nullptr;
  void (*batch_end_)(void* to) = nullptr;
  void (*writable_)(void* to) = nullptr;
  void (*link_restored_)(void* to) = nullptr;
};

}  // namespace mirage
