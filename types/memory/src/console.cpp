// SPDX-License-Identifier: ISC
#include "mirage/memory/console.hpp"

namespace mirage::memory {

task<result<buffer, v1::flow_error>> console::read() {
  while (typed_.empty()) {
    if (hung_up_) co_return buffer{};
    co_await changed_;
  }
  buffer first = buffer::copy_of(as_bytes(typed_.front()));
  if (!first) co_return fail(v1::flow_error::no_memory);
  typed_.pop_front();
  co_return first;
}

task<result<void, v1::flow_error>> console::write(buffer data) {
  show(data.view());
  co_return {};
}

task<result<void, v1::flow_error>> console::write(buffer_list data) {
  for (const buffer& part : data) show(part.view());
  co_return {};
}

void console::type(std::string_view text) {
  if (text.empty()) return;
  typed_.emplace_back(text);
  changed_.notify();
}

void console::hang_up() noexcept {
  hung_up_ = true;
  changed_.notify();
}

void console::show(cbytes data) {
  shown_ += as_text(data);
  if (shown_.size() <= capacity_) return;
  const std::size_t over = shown_.size() - capacity_;
  dropped_ += over;
  shown_.erase(0, over);
}

}  // namespace mirage::memory
