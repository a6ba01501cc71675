// SPDX-License-Identifier: ISC
#include "mirage/pcap/writer.hpp"

#include <algorithm>
#include <array>

#include "mirage/core/endian.hpp"

namespace mirage::pcap {

namespace {
constexpr std::uint32_t magic_nanoseconds = 0xa1b23c4d;
constexpr std::uint32_t link_type_ethernet = 1;
constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
}  // namespace

writer::writer(output& to) noexcept : to_(to) {
  std::array<std::byte, 24> header{};
  store_le32(header.data(), magic_nanoseconds);
  store_le16(header.data() + 4, 2);
  store_le16(header.data() + 6, 4);
  store_le32(header.data() + 16, snap_length);
  store_le32(header.data() + 20, link_type_ethernet);
  to_.append(header);
}

void writer::begin(wall_time when, std::size_t length) noexcept {
  const std::int64_t since_1970 = when.time_since_epoch().count();
  std::array<std::byte, 16> header{};
  store_le32(header.data(), static_cast<std::uint32_t>(since_1970 / nanoseconds_a_second));
  store_le32(header.data() + 4, static_cast<std::uint32_t>(since_1970 % nanoseconds_a_second));
  store_le32(header.data() + 8, static_cast<std::uint32_t>(std::min<std::size_t>(length, snap_length)));
  store_le32(header.data() + 12, static_cast<std::uint32_t>(length));
  to_.append(header);
}

void writer::append(cbytes part, std::size_t& room) noexcept {
  part = part.first(std::min(part.size(), room));
  room -= part.size();
  if (!part.empty()) to_.append(part);
}

void writer::record(wall_time when, cbytes frame) noexcept { record(when, frame, {}); }

void writer::record(wall_time when, cbytes front, const buffer_list& slices) noexcept {
  begin(when, front.size() + total_size(slices));
  std::size_t room = snap_length;
  append(front, room);
  for (const buffer& slice : slices) append(slice.view(), room);
}

}  // namespace mirage::pcap
