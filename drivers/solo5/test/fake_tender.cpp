// SPDX-License-Identifier: ISC
#include "fake_tender.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace mirage::test {

using solo5::attached_device;
using solo5::call_error;
using solo5::entry_type;

attached_device& fake_tender::attach(entry_type type, std::string_view name) {
  attached_device made{.handle = static_cast<std::uint32_t>(attached.size() + 1), .type = type};
  name.copy(made.name_bytes.data(), solo5::max_name);
  if (type == entry_type::network) {
    made.mac = mac_address("02:00:00:00:00:01");
    made.mtu = 1500;
  } else {
    made.block_size = 512;
    made.capacity = disk.size();
  }
  return attached.emplace_back(made);
}

void fake_tender::inject(std::string_view frame) {
  incoming.emplace_back(frame);
  for (const attached_device& each : attached) {
    machine::descriptor_source* const source = watching(static_cast<int>(each.handle));
    if (source == nullptr) continue;
    source->ready |= machine::descriptor_source::readable;
    report(*source);
  }
}

}  // namespace mirage::test

namespace mirage::solo5 {

using test::fake_tender;

const attached_device* find_device(entry_type type, std::string_view name) noexcept {
  for (const attached_device& each : fake_tender::here().attached)
    if (each.type == type && each.name() == name) return &each;
  return nullptr;
}

result<std::size_t, call_error> network_read(const attached_device&, bytes room) noexcept {
  fake_tender& tender = fake_tender::here();
  ++tender.reads;
  if (tender.incoming.empty()) return fail(call_error::again);
  const std::string frame = std::move(tender.incoming.front());
  tender.incoming.pop_front();
  const std::size_t size = std::min(frame.size(), room.size());
  std::memcpy(room.data(), frame.data(), size);
  return size;
}

result<void, call_error> network_write(const attached_device&, cbytes frame) noexcept {
  fake_tender& tender = fake_tender::here();
  if (tender.refuses) return fail(*tender.refuses);
  tender.sent.emplace_back(as_text(frame));
  return {};
}

result<void, call_error> block_read(const attached_device& from, std::uint64_t offset, bytes block) noexcept {
  const fake_tender& tender = fake_tender::here();
  if (block.size() != from.block_size || offset % from.block_size != 0 ||
      offset > from.capacity - from.block_size || tender.bad_blocks.contains(offset / from.block_size))
    return fail(call_error::failed);
  std::memcpy(block.data(), tender.disk.data() + offset, block.size());
  return {};
}

result<void, call_error> block_write(const attached_device& to, std::uint64_t offset, cbytes block) noexcept {
  fake_tender& tender = fake_tender::here();
  if (block.size() != to.block_size || offset % to.block_size != 0 || offset > to.capacity - to.block_size ||
      tender.bad_blocks.contains(offset / to.block_size))
    return fail(call_error::failed);
  std::memcpy(tender.disk.data() + offset, block.data(), block.size());
  return {};
}

}  // namespace mirage::solo5
