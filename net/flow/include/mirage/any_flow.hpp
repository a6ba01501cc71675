// SPDX-License-Identifier: ISC
// `any_flow`: a flow whose type is chosen at run time, with the operations and the contracts of `v1::flow`.
#pragma once

#include <concepts>
#include <cstddef>
#include <memory>
#include <new>
#include <optional>
#include <type_traits>
#include <utility>

#include "mirage/core/endpoint.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// Owns a flow. Small ones lie in the object itself, so wrapping one allocates nothing; larger ones are on
/// the heap. An operation costs a call through a pointer, and a pooled frame where the flow does not give a
/// task itself. Empty only when moved from.
class any_flow {
 public:
  template <class Flow>
    requires(!std::same_as<Flow, any_flow> && v1::flow<Flow>)
  any_flow(Flow flow) : operations_(&table<Flow>) {
    if constexpr (in_place<Flow>)
      ::new (static_cast<void*>(memory_)) Flow(std::move(flow));
    else
      ::new (static_cast<void*>(memory_)) Flow*(std::make_unique<Flow>(std::move(flow)).release());
  }
  any_flow(any_flow&& other) noexcept : operations_(std::exchange(other.operations_, nullptr)) {
    take(other);
  }
  any_flow& operator=(any_flow&& other) noexcept {
    if (this == &other) return *this;
    destroy();
    operations_ = std::exchange(other.operations_, nullptr);
    take(other);
    return *this;
  }
  ~any_flow() { destroy(); }

  task<result<buffer, v1::flow_error>> read() { return operations_->read(memory_); }
  task<result<void, v1::flow_error>> write(buffer data) {
    return operations_->write(memory_, std::move(data));
  }
  task<result<void, v1::flow_error>> write(buffer_list data) {
    return operations_->write_list(memory_, std::move(data));
  }
  task<> shutdown() { return operations_->shutdown(memory_); }
  task<> close() { return operations_->close(memory_); }

  /// The ends, where the flow knows them.
  [[nodiscard]] std::optional<endpoint> peer() const noexcept { return operations_->peer(memory_); }
  [[nodiscard]] std::optional<endpoint> local() const noexcept { return operations_->local(memory_); }

 private:
  static constexpr std::size_t size = 6 * sizeof(void*);
  // No more than what tasks can hold on every target.
  static constexpr std::size_t alignment = 8;
  template <class Flow>
  static constexpr bool in_place =
      sizeof(Flow) <= size && alignof(Flow) <= alignment && std::is_nothrow_move_constructible_v<Flow>;

  struct operations {
    task<result<buffer, v1::flow_error>> (*read)(void* self);
    task<result<void, v1::flow_error>> (*write)(void* self, buffer data);
    task<result<void, v1::flow_error>> (*write_list)(void* self, buffer_list data);
    task<> (*shutdown)(void* self);
    task<> (*close)(void* self);
    std::optional<endpoint> (*peer)(const void* self) noexcept;
    std::optional<endpoint> (*local)(const void* self) noexcept;
    void (*move)(void* from, void* to) noexcept;  // without `to` it only destroys
  };

  template <class Flow>
  static Flow& in(void* memory) noexcept {
    if constexpr (in_place<Flow>)
      return *std::launder(static_cast<Flow*>(memory));
    else
      return **std::launder(static_cast<Flow**>(memory));
  }
  template <class Flow>
  static const Flow& in(const void* memory) noexcept {
    if constexpr (in_place<Flow>)
      return *std::launder(static_cast<const Flow*>(memory));
    else
      return **std::launder(static_cast<Flow* const*>(memory));
  }

  // Coroutines only where the flow's own answer is no task.
  template <class R, class Flow, class... Data>
  static task<R> await_write(Flow& flow, Data... data) {
    co_return co_await flow.write(std::move(data)...);
  }
  template <class Flow>
  static task<result<buffer, v1::flow_error>> await_read(Flow& flow) {
    co_return co_await flow.read();
  }
  template <class Flow>
  static task<> await_shutdown(Flow& flow) {
    co_await flow.shutdown();
  }
  template <class Flow>
  static task<> await_close(Flow& flow) {
    co_await flow.close();
  }

  template <class Flow>
  static task<result<buffer, v1::flow_error>> read_of(void* self) {
    if constexpr (std::same_as<decltype(in<Flow>(self).read()), task<result<buffer, v1::flow_error>>>)
      return in<Flow>(self).read();
    else
      return await_read(in<Flow>(self));
  }
  template <class Flow, class Data>
  static task<result<void, v1::flow_error>> write_of(void* self, Data data) {
    using outcome = result<void, v1::flow_error>;
    if constexpr (std::same_as<decltype(in<Flow>(self).write(std::move(data))), task<outcome>>)
      return in<Flow>(self).write(std::move(data));
    else
      return await_write<outcome>(in<Flow>(self), std::move(data));
  }
  template <class Flow>
  static task<> shutdown_of(void* self) {
    if constexpr (std::same_as<decltype(in<Flow>(self).shutdown()), task<>>)
      return in<Flow>(self).shutdown();
    else
      return await_shutdown(in<Flow>(self));
  }
  template <class Flow>
  static task<> close_of(void* self) {
    if constexpr (std::same_as<decltype(in<Flow>(self).close()), task<>>)
      return in<Flow>(self).close();
    else
      return await_close(in<Flow>(self));
  }
  template <class Flow>
  static std::optional<endpoint> peer_of([[maybe_unused]] const void* self) noexcept {
    if constexpr (v1::tcp_flow_ends<Flow>)
      return in<Flow>(self).peer();
    else
      return std::nullopt;
  }
  template <class Flow>
  static std::optional<endpoint> local_of([[maybe_unused]] const void* self) noexcept {
    if constexpr (v1::tcp_flow_ends<Flow>)
      return in<Flow>(self).local();
    else
      return std::nullopt;
  }
  template <class Flow>
  static void move_of(void* from, void* to) noexcept {
    if constexpr (in_place<Flow>) {
      Flow& old = in<Flow>(from);
      if (to != nullptr) ::new (to) Flow(std::move(old));
      old.~Flow();
    } else {
      Flow* const held = &in<Flow>(from);
      if (to != nullptr)
        ::new (to) Flow*(held);
      else
        std::default_delete<Flow>{}(held);
    }
  }

  template <class Flow>
  static constexpr operations table{read_of<Flow>,     write_of<Flow, buffer>, write_of<Flow, buffer_list>,
                                    shutdown_of<Flow>, close_of<Flow>,         peer_of<Flow>,
                                    local_of<Flow>,    move_of<Flow>};

  void take(any_flow& other) noexcept {
    if (operations_ != nullptr) operations_->move(other.memory_, memory_);
  }
  void destroy() noexcept {
    if (operations_ != nullptr) std::exchange(operations_, nullptr)->move(memory_, nullptr);
  }

  const operations* operations_;
  alignas(alignment) std::byte memory_[size];
};

static_assert(v1::flow<any_flow>);

}  // namespace mirage
