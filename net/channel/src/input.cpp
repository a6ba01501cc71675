// SPDX-License-Identifier: ISC
#include "mirage/channel/input.hpp"

#include <algorithm>

namespace mirage::detail {

bool channel_input::add(buffer& part) noexcept {
  if (part.empty()) return true;
  if (parts_.full()) {
    // Many small pieces become one.
    buffer whole = copy(size_);
    if (!whole) return false;
    parts_.clear();
    parts_.push_back(std::move(whole));
  }
  size_ += part.size();
  parts_.push_back(std::move(part));
  return true;
}

std::byte channel_input::at(std::size_t offset) const noexcept {
  for (const buffer& part : parts_) {
    if (offset < part.size()) return part.data()[offset];
    offset -= part.size();
  }
  return {};
}

std::optional<std::size_t> channel_input::find_line_end() noexcept {
  std::size_t offset = 0;
  for (const buffer& part : parts_) {
    const std::size_t searched = std::min(searched_ - std::min(searched_, offset), part.size());
    const cbytes fresh = part.view().subspan(searched);
    const auto found = std::ranges::find(fresh, std::byte{'\n'});
    if (found != fresh.end()) return offset + searched + static_cast<std::size_t>(found - fresh.begin());
    offset += part.size();
  }
  searched_ = size_;
  return std::nullopt;
}

channel_input::taken channel_input::take_line() noexcept {
  const std::optional<std::size_t> end = find_line_end();
  // One more than the limit may be a CR.
  if (end.value_or(size_) > limit_ + 1) return fail(v1::channel_error::too_long);
  if (!end) return std::nullopt;
  const bool carriage_return = *end > 0 && at(*end - 1) == std::byte{'\r'};
  const std::size_t length = carriage_return ? *end - 1 : *end;
  if (length > limit_) return fail(v1::channel_error::too_long);
  auto line = take(length);
  if (line) drop(*end - length + 1);
  return line;
}

channel_input::taken channel_input::take_exactly(std::size_t count) noexcept {
  if (count > limit_) return fail(v1::channel_error::too_long);
  if (count > size_) return std::nullopt;
  return take(count);
}

channel_input::taken channel_input::take_some() noexcept {
  if (parts_.empty()) return std::nullopt;
  return take(parts_.front().size());
}

result<buffer, v1::channel_error> channel_input::take_rest() noexcept {
  if (size_ == 0) return fail(v1::channel_error::end);
  if (size_ > limit_) return fail(v1::channel_error::too_long);
  return take(size_);
}

buffer channel_input::copy(std::size_t count) const noexcept {
  buffer whole = buffer::allocate(count);
  if (!whole) return whole;
  std::byte* to = whole.writable().data();
  for (const buffer& part : parts_) {
    const cbytes from = part.view().first(std::min(count, part.size()));
    to = std::ranges::copy(from, to).out;
    count -= from.size();
  }
  return whole;
}

result<buffer, v1::channel_error> channel_input::take(std::size_t count) noexcept {
  if (count == 0) return buffer{};
  buffer taken = count <= parts_.front().size() ? parts_.front().slice(0, count) : copy(count);
  if (!taken) return fail(v1::channel_error::no_memory);
  drop(count);
  return taken;
}

void channel_input::drop(std::size_t count) noexcept {
  size_ -= count;
  searched_ -= std::min(searched_, count);
  inline_vector<buffer, 16> left;
  for (buffer& part : parts_) {
    const std::size_t dropped = std::min(count, part.size());
    part.drop_front(dropped);
    count -= dropped;
    if (!part.empty()) left.push_back(std::move(part));
  }
  parts_ = std::move(left);
}

}  // namespace mirage::detail
