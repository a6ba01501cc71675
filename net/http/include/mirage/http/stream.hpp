// SPDX-License-Identifier: ISC
// A flow of any type, erased: so that the loop of a connection is compiled once, for all stacks.
#pragma once

#include <utility>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/eventual.hpp"
#include "mirage/v1.hpp"

namespace mirage::http {

/// The operations of `v1::flow` with their contracts.
class stream {
 public:
  virtual eventual<result<buffer, v1::flow_error>> read() = 0;
  virtual eventual<result<void, v1::flow_error>> write(buffer_list parts) = 0;
  virtual task<> shutdown() = 0;
  virtual task<> close() = 0;
  [[nodiscard]] virtual endpoint peer() const noexcept = 0;

 protected:
  stream() = default;
  stream(const stream&) = delete;
  stream& operator=(const stream&) = delete;
  ~stream() = default;
};

/// Refers to the flow, which must outlive it.
template <v1::flow Flow>
class stream_over final : public stream {
 public:
  explicit stream_over(Flow& flow) noexcept : flow_(flow) {}

  eventual<result<buffer, v1::flow_error>> read() override { return started(flow_.read()); }
  eventual<result<void, v1::flow_error>> write(buffer_list parts) override {
    return started(flow_.write(std::move(parts)));
  }
  task<> shutdown() override { co_await flow_.shutdown(); }
  task<> close() override { co_await flow_.close(); }
  [[nodiscard]] endpoint peer() const noexcept override {
    if constexpr (v1::tcp_flow<Flow>)
      return flow_.peer();
    else
      return {};
  }

 private:
  Flow& flow_;
};

}  // namespace mirage::http
