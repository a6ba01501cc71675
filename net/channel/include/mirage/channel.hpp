// SPDX-License-Identifier: ISC
// Lines and records over a flow, buffered both ways:
//
//   channel lines(flow);
//   auto line = co_await lines.read_line();
//   if (line) auto written = co_await lines.write_line(line->text());
//   auto flushed = co_await lines.flush();
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "mirage/channel/input.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct channel_options {
  std::size_t longest = 8192;   ///< line without its end, or count; more is `too_long`
  std::size_t gathered = 4096;  ///< bytes that are written before they go to the flow
};

/// `v1::channel` over what is read and written like a flow, a console too. The flow stays the caller's, and
/// is where the end is told (`shutdown`, `close`). What was not flushed when the channel goes is lost.
template <class Flow>
  requires v1::flow_read<Flow> && v1::flow_write<Flow>
class channel {
 public:
  explicit channel(Flow& flow, channel_options options = {}) noexcept
      : flow_(flow), input_(options.longest), gathered_(std::max<std::size_t>(options.gathered, 1)) {}
  channel(const channel&) = delete;
  channel& operator=(const channel&) = delete;

  task<result<buffer, v1::channel_error>> read_line() {
    while (true) {
      if (auto line = input_.take_line()) co_return *std::move(line);
      if (ended_) co_return input_.take_rest();
      MIRAGE_CO_TRY_VOID(co_await receive());
    }
  }

  task<result<buffer, v1::channel_error>> read_exactly(std::size_t count) {
    while (true) {
      if (auto taken = input_.take_exactly(count)) co_return *std::move(taken);
      if (ended_) co_return fail(v1::channel_error::end);
      MIRAGE_CO_TRY_VOID(co_await receive());
    }
  }

  task<result<buffer, v1::channel_error>> read_some() {
    while (true) {
      if (auto taken = input_.take_some()) co_return *std::move(taken);
      if (ended_) co_return fail(v1::channel_error::end);
      MIRAGE_CO_TRY_VOID(co_await receive());
    }
  }

  task<result<void, v1::channel_error>> write(cbytes data) {
    while (true) {
      MIRAGE_CO_TRY(const std::size_t taken, gather(data));
      data = data.subspan(taken);
      if (output_.size() < gathered_) co_return {};
      MIRAGE_CO_TRY_VOID(co_await flush());
    }
  }

  task<result<void, v1::channel_error>> write_line(std::string_view text) {
    MIRAGE_CO_TRY_VOID(co_await write(as_bytes(text)));
    co_return co_await write(as_bytes("\n"));
  }

  task<result<void, v1::channel_error>> flush() {
    if (write_failed_) co_return fail(v1::channel_error::flow_failed);
    if (output_.empty()) co_return {};
    // Cancelled from here on, the stream has a hole.
    write_failed_ = true;
    auto written = co_await flow_.write(std::exchange(output_, buffer{}));
    if (!written) {
      failure_ = written.error();
      co_return fail(v1::channel_error::flow_failed);
    }
    write_failed_ = false;
    co_return {};
  }

  /// Why the flow failed, after `flow_failed`; nothing where a write was cancelled half-way.
  [[nodiscard]] std::optional<v1::flow_error> failure() const noexcept { return failure_; }

 private:
  /// Waits for more input, or the end.
  task<result<void, v1::channel_error>> receive() {
    if (read_failed_) co_return fail(v1::channel_error::flow_failed);
    if (!pending_) {
      auto part = co_await flow_.read();
      if (!part && part.error() == v1::flow_error::no_memory) co_return fail(v1::channel_error::no_memory);
      if (!part) {
        read_failed_ = true;
        failure_ = part.error();
        co_return fail(v1::channel_error::flow_failed);
      }
      ended_ = part->empty();
      pending_ = *std::move(part);
    }
    if (!input_.add(pending_)) co_return fail(v1::channel_error::no_memory);
    pending_ = {};
    co_return {};
  }

  /// Copies what there is room for; tells how much that was.
  result<std::size_t, v1::channel_error> gather(cbytes data) noexcept {
    if (write_failed_) return fail(v1::channel_error::flow_failed);
    if (data.empty()) return 0;
    if (!output_) {
      output_ = buffer::allocate(gathered_);
      if (!output_) return fail(v1::channel_error::no_memory);
      output_.resize(0);
    }
    const std::size_t before = output_.size();
    const std::size_t taken = std::min(data.size(), gathered_ - before);
    output_.resize(before + taken);
    std::ranges::copy(data.first(taken), output_.writable().begin() + static_cast<std::ptrdiff_t>(before));
    return taken;
  }

  Flow& flow_;
  detail::channel_input input_;
  buffer pending_;  // came from the flow and found no room
  buffer output_;
  std::size_t gathered_;
  bool ended_ = false;
  bool read_failed_ = false;
  bool write_failed_ = false;
  std::optional<v1::flow_error> failure_;
};

}  // namespace mirage
