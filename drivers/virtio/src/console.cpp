// SPDX-License-Identifier: ISC
#include "mirage/virtio/console.hpp"

#include <array>
#include <utility>

#include "mirage/core/machine.hpp"
#include "mirage/core/os.hpp"
#include "mirage/core/when.hpp"

namespace mirage::virtio {

namespace {

// The first port (§5.3.2).
constexpr std::uint16_t receive_queue = 0;
constexpr std::uint16_t transmit_queue = 1;
constexpr std::uint16_t transmit_entries = 64;
constexpr std::size_t receive_bytes = 256;
constexpr duration stop_limit = 1s;
constexpr char end_of_transmission = 0x04;  // Ctrl-D

std::uint64_t choose(std::uint64_t) noexcept { return 0; }

}  // namespace

console::console(std::string_view name, bus& from) noexcept : name_(name), device_(name, from) {}
console::~console() { require(typing_ == nullptr, "a console is destroyed: await stop() first"); }

task<result<void, device_error>> console::start() {
  auto opened = open();
  if (!opened) close();
  co_return opened;
}

result<void, device_error> console::open() {
  MIRAGE_TRY_VOID(device_.begin(device_kind::console, choose));
  constexpr std::uint16_t pieces = buffer_list::capacity();
  MIRAGE_TRY(showing_, device_.make_queue(transmit_queue, transmit_entries, pieces, pieces));
  MIRAGE_TRY(typing_, device_.make_queue(receive_queue, receive_buffers));
  lent_ = std::make_unique<buffer[]>(typing_->size());
  shown_ = std::make_unique<buffer_list[]>(showing_->size());
  machine::watch_interrupt(*this, device_.registers().interrupt());
  device_.run();
  refill();
  static_cast<void>(typing_->arm());
  static_cast<void>(showing_->arm());
  return {};
}

task<> console::stop() {
  auto all_shown = [](console& self) -> task<> {
    while (self.device_.running() && self.showing_->in_flight() != 0) co_await self.changed_;
  };
  static_cast<void>(co_await with_timeout(stop_limit, all_shown(*this)));
  if (device_.running()) device_.reset();
  close();
}

void console::close() noexcept {
  if (typing_ != nullptr) machine::unwatch_interrupt(*this, device_.registers().interrupt());
  event_source::unlink();
  doorbell::unlink();
  typed_.clear();
  lent_.reset();
  shown_.reset();
  typing_.reset();
  showing_.reset();
  changed_.notify();
}

void console::fail(queue_fault fault) noexcept {
  device_.fail(fault);
  changed_.notify();
  if (!device_.at_rest()) return;  // it may still write there
  for (std::uint16_t i = 0; i < typing_->size(); ++i) lent_[i] = {};
  for (std::uint16_t i = 0; i < showing_->size(); ++i) shown_[i].clear();
}

// ---- The ring ------------------------------------------------------------------------------------------

void console::ring() noexcept {
  if (device_.running() && showing_->publish()) device_.registers().notify(transmit_queue);
}

bool console::poll() noexcept {
  if (!device_.running()) return false;
  if (!polling_ && (device_.registers().take_interrupts() & interrupt_cause::configuration) != 0 &&
      device_.has_failed()) {
    changed_.notify();
    return false;
  }
  const bool typed = take_typed();
  const bool shown = device_.running() && take_shown();
  if (!device_.running()) return false;
  if (typed || shown) changed_.notify();
  refill();
  const bool typing_waits = !typing_->arm();
  const bool showing_waits = !showing_->arm();
  polling_ = !typed_.full() && (typed || shown || typing_waits || showing_waits);
  return polling_;
}

bool console::take_typed() noexcept {
  bool any = false;
  while (!typed_.full()) {
    const auto done = typing_->take();
    if (done.what == virtqueue::completion::kind::none) break;
    if (done.what == virtqueue::completion::kind::broken) {
      fail(typing_->fault());
      break;
    }
    buffer text = std::exchange(lent_[done.chain], {});
    text.truncate(done.written);
    read_ += text.size();
    if (ended_) continue;
    if (const auto end = text.text().find(end_of_transmission); end != std::string_view::npos) {
      text.truncate(end);
      ended_ = any = true;
    }
    if (text.empty()) continue;
    typed_.push_back(std::move(text));
    any = true;
  }
  return any;
}

bool console::take_shown() noexcept {
  bool any = false;
  while (true) {
    const auto done = showing_->take();
    if (done.what == virtqueue::completion::kind::none) return any;
    if (done.what == virtqueue::completion::kind::broken) {
      fail(showing_->fault());
      return false;
    }
    shown_[done.chain].clear();
    any = true;
  }
}

// As many as can be kept when they come back.
void console::refill() noexcept {
  while (typing_->has_room(1) && typing_->in_flight() + typed_.size() < receive_buffers) {
    buffer fresh = buffer::allocate(receive_bytes);
    if (!fresh) break;
    const std::array whole{cbytes(fresh.view())};
    const std::uint16_t chain = typing_->add({}, whole);
    lent_[chain] = std::move(fresh);
  }
  if (typing_->publish()) device_.registers().notify(receive_queue);
}

// ---- Reading and writing -------------------------------------------------------------------------------

task<result<buffer, v1::flow_error>> console::read() {
  while (typed_.empty()) {
    if (ended_ || !device_.running()) co_return buffer();
    refill();
    if (typing_->in_flight() == 0) co_return mirage::fail(v1::flow_error::no_memory);
    co_await changed_;
  }
  buffer first = std::move(typed_.front());
  erase_if(typed_, [](const buffer& each) { return !each; });
  if (device_.running()) refill();
  co_return first;
}

task<result<void, v1::flow_error>> console::write(buffer one) {
  buffer_list list;
  list.push_back(std::move(one));
  return write(std::move(list));
}

task<result<void, v1::flow_error>> console::write(buffer_list several) {
  const std::size_t size = total_size(several);
  if (size == 0) co_return {};
  while (device_.running() && !showing_->has_room(several.size())) co_await changed_;
  if (!device_.running()) co_return mirage::fail(v1::flow_error::closed);
  inline_vector<cbytes, buffer_list::capacity()> pieces;
  for (const buffer& each : several)
    if (!each.empty()) pieces.push_back(each.view());
  const std::uint16_t chain = showing_->add({pieces.data(), pieces.size()}, {});
  shown_[chain] = std::move(several);
  written_ += size;
  os::here->tasks.ring_later(*this);
  co_return {};
}

}  // namespace mirage::virtio
