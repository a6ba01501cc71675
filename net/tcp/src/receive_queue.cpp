// SPDX-License-Identifier: ISC
#include "mirage/tcp/receive_queue.hpp"

#include <cstring>
#include <utility>

namespace mirage::tcp_protocol {

namespace {
// Up to here copying costs less than keeping another buffer.
constexpr std::size_t small = 512;
}  // namespace

void receive_queue::clear() noexcept {
  while (first_ != nullptr) shared_.chunks.give_back(std::exchange(first_, first_->next));
  last_ = nullptr;
  bytes_ = 0;
}

buffer receive_queue::compact(buffer&& data) noexcept {
  if (data.size() >= data.capacity() / 2) return std::move(data);
  buffer copy = buffer::copy_of(data.view());
  return copy ? std::move(copy) : std::move(data);
}

bool receive_queue::copy_behind(cbytes data) noexcept {
  if (last_ == nullptr || !last_->data.unique()) return false;
  const std::size_t before = last_->data.size();
  if (last_->data.capacity() - before < data.size()) return false;
  last_->data.resize(before + data.size());
  std::memcpy(last_->data.writable().data() + before, data.data(), data.size());
  return true;
}

bool receive_queue::append(buffer&& data) noexcept {
  const auto size = static_cast<std::uint32_t>(data.size());
  if (size <= small && copy_behind(data.view())) {
    bytes_ += size;
    return true;
  }
  chunk* const made = shared_.chunks.make(compact(std::move(data)));
  if (made == nullptr) return false;
  append(made, size);
  return true;
}

void receive_queue::append(chunk* list, std::uint32_t length) noexcept {
  (last_ == nullptr ? first_ : last_->next) = list;
  while (list->next != nullptr) list = list->next;
  last_ = list;
  bytes_ += length;
}

buffer receive_queue::take() noexcept {
  if (first_ == nullptr) return {};
  chunk* const taken = std::exchange(first_, first_->next);
  if (first_ == nullptr) last_ = nullptr;
  buffer data = std::move(taken->data);
  shared_.chunks.give_back(taken);
  bytes_ -= static_cast<std::uint32_t>(data.size());
  return data;
}

}  // namespace mirage::tcp_protocol
