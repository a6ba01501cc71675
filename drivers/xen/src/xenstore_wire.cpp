// SPDX-License-Identifier: ISC
#include "mirage/xen/xenstore_wire.hpp"

#include <algorithm>
#include <utility>

#include "mirage/core/endian.hpp"

namespace mirage::xen {

xenstore_error error_of_word(std::string_view payload) noexcept {
  constexpr std::array<std::pair<std::string_view, xenstore_error>, 11> known{{
      {"ENOENT", xenstore_error::not_found},
      {"EEXIST", xenstore_error::exists},
      {"EACCES", xenstore_error::denied},
      {"EPERM", xenstore_error::denied},
      {"EROFS", xenstore_error::denied},
      {"EAGAIN", xenstore_error::conflict},
      {"EINVAL", xenstore_error::invalid},
      {"ENOSYS", xenstore_error::invalid},
      {"ENOSPC", xenstore_error::no_space},
      {"E2BIG", xenstore_error::no_space},
      {"ENOMEM", xenstore_error::no_space},
  }};
  const std::string_view word = payload.substr(0, payload.find('\0'));
  for (const auto& [name, error] : known)
    if (word == name) return error;
  return xenstore_error::failed;
}

std::string make_message(const message_header& header, std::initializer_list<std::string_view> parts) {
  std::size_t length = 0;
  for (const std::string_view part : parts) length += part.size();
  std::array<std::byte, message_header::size> head;
  store_le32(head.data(), static_cast<std::uint32_t>(header.type));
  store_le32(head.data() + 4, header.request);
  store_le32(head.data() + 8, header.transaction);
  store_le32(head.data() + 12, static_cast<std::uint32_t>(length));
  std::string made(as_text(head));
  made.reserve(head.size() + length);
  for (const std::string_view part : parts) made += part;
  return made;
}

std::vector<std::string> texts_of(std::string_view payload) {
  std::vector<std::string> texts;
  while (!payload.empty()) {
    const std::size_t end = std::min(payload.find('\0'), payload.size());
    texts.emplace_back(payload.substr(0, end));
    payload.remove_prefix(std::min(end + 1, payload.size()));
  }
  return texts;
}

void message_reader::reset() noexcept {
  gathered_.clear();
  whole_ = broken_ = false;
}

void message_reader::fill(cbytes& from, std::size_t wanted) {
  const std::size_t missing = wanted - std::min(wanted, gathered_.size());
  const std::size_t count = std::min(missing, from.size());
  gathered_ += as_text(from.first(count));
  from = from.subspan(count);
}

std::optional<message_reader::message> message_reader::next(cbytes& from) {
  if (broken_) return std::nullopt;
  if (std::exchange(whole_, false)) gathered_.clear();
  fill(from, message_header::size);
  if (gathered_.size() < message_header::size) return std::nullopt;
  const std::byte* const head = as_bytes(gathered_).data();
  const message_header header{.type = static_cast<message_type>(load_le32(head)),
                              .request = load_le32(head + 4),
                              .transaction = load_le32(head + 8),
                              .length = load_le32(head + 12)};
  if (header.length > message_header::longest_payload) {
    broken_ = true;
    return std::nullopt;
  }
  fill(from, message_header::size + header.length);
  if (gathered_.size() < message_header::size + header.length) return std::nullopt;
  whole_ = true;
  return message{.header = header, .payload = std::string_view(gathered_).substr(message_header::size)};
}

}  // namespace mirage::xen
