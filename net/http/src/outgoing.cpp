// SPDX-License-Identifier: ISC
#include <algorithm>
#include <cstring>

#include "busy_connection.hpp"

namespace mirage::http {

std::span<char> outgoing::reserve(std::size_t size) noexcept {
  if (room_ - filled_ < size || parts_.empty()) {
    // Parts that were filled keep their memory; this connection only forgets it.
    // One answer needs little, and keeps it until the peer has it; several are gathered in more.
    text_ = buffer::allocate(std::max(size, parts_.empty() ? first_room : text_room));
    filled_ = room_ = 0;
    last_is_text_ = false;
    if (!text_) return {};
    const bytes memory = text_.writable();
    space_ = static_cast<char*>(static_cast<void*>(memory.data()));
    room_ = memory.size();
  }
  return {space_ + filled_, room_ - filled_};
}

void outgoing::commit(std::size_t size) noexcept {
  if (last_is_text_) {
    const std::size_t before = parts_.back().size();
    parts_.back() = text_.slice(filled_ - before, before + size);
  } else {
    parts_.push_back(text_.slice(filled_, size));
    last_is_text_ = true;
  }
  filled_ += size;
  total_ += size;
}

bool outgoing::add_text(std::string_view text) noexcept {
  const std::span<char> space = reserve(text.size());
  if (space.size() < text.size()) return false;
  std::memcpy(space.data(), text.data(), text.size());
  commit(text.size());
  return true;
}

bool outgoing::add(buffer body) noexcept {
  if (body.empty()) return true;
  if (body.size() <= copied_body) return add_text(body.text());
  total_ += body.size();
  parts_.push_back(std::move(body));
  last_is_text_ = false;
  return true;
}

buffer_list outgoing::take() noexcept {
  last_is_text_ = false;
  buffer_list taken;
  if (total_ <= most_a_write) {
    taken = std::move(parts_);
    total_ = 0;
    text_ = buffer();
    return taken;
  }
  buffer_list rest;
  std::size_t room = most_a_write;
  for (buffer& part : parts_) {
    if (room != 0) {
      const std::size_t length = std::min(room, part.size());
      taken.push_back(part.slice(0, length));
      part.drop_front(length);
      room -= length;
    }
    if (!part.empty()) rest.push_back(std::move(part));
  }
  parts_ = std::move(rest);
  total_ -= most_a_write - room;
  return taken;
}

}  // namespace mirage::http
