// SPDX-License-Identifier: ISC
// Who receives from a network device, with its type erased: drivers are compiled once, whatever stack is
// above them.
#pragma once

#include <utility>

#include "mirage/core/buffer.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::network_sink`, or none. It does not own the sink.
class any_network_sink {
 public:
  any_network_sink() noexcept = default;
  template <v1::network_sink Sink>
  explicit any_network_sink(Sink& sink) noexcept
      : object_(&sink),
        input_([](void* to, buffer&& frame, const v1::received& how) {
          static_cast<Sink*>(to)->input(std::move(frame), how);
        }),
        batch_end_([](void* to) { static_cast<Sink*>(to)->batch_end(); }),
        writable_([](void* to) { static_cast<Sink*>(to)->writable(); }) {}

  [[nodiscard]] explicit operator bool() const noexcept { return object_ != nullptr; }

  void input(buffer&& frame, const v1::received& how) { input_(object_, std::move(frame), how); }
  void batch_end() { batch_end_(object_); }
  void writable() { writable_(object_); }

 private:
  void* object_ = nullptr;
  void (*input_)(void* to, buffer&& frame, const v1::received& how) = nullptr;
  void (*batch_end_)(void* to) = nullptr;
  void (*writable_)(void* to) = nullptr;
};

}  // namespace mirage
