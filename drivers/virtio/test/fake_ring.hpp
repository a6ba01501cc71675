// SPDX-License-Identifier: ISC
// The device's side of a split virtqueue, virtio 1.2 §2.7, for tests: an honest one, with what a dishonest
// one needs. DMA addresses are pointers here.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/endian.hpp"
#include "mirage/virtio/transport.hpp"

namespace mirage::test {

inline std::byte* at_address(std::uint64_t address) {
  return reinterpret_cast<std::byte*>(static_cast<std::uintptr_t>(address));
}

class fake_ring {
 public:
  struct chain {
    std::uint16_t id = 0;
    std::vector<cbytes> to_read;
    std::vector<bytes> to_write;

    [[nodiscard]] std::string text() const {
      std::string all;
      for (const cbytes& piece : to_read) all += as_text(piece);
      return all;
    }
    [[nodiscard]] std::size_t room() const {
      std::size_t total = 0;
      for (const bytes& piece : to_write) total += piece.size();
      return total;
    }
    /// How much of it there was room for.
    std::size_t write(std::string_view text) const {
      std::size_t done = 0;
      for (const bytes& piece : to_write) {
        const std::size_t part = std::min(piece.size(), text.size() - done);
        std::memcpy(piece.data(), text.data() + done, part);
        done += part;
      }
      return done;
    }
  };

  fake_ring(const virtio::queue_memory& where, bool event_index) : where_(where), event_index_(event_index) {}

  [[nodiscard]] std::uint16_t waiting() const {
    return static_cast<std::uint16_t>(load_le16(at_address(where_.available) + 2) - seen_);
  }

  /// The next chain that the driver has published.
  std::optional<chain> take() {
    if (waiting() == 0) return std::nullopt;
    const std::byte* ring = at_address(where_.available) + 4;
    chain made;
    made.id = load_le16(ring + 2 * static_cast<std::size_t>(seen_ % where_.size));
    ++seen_;
    if (event_index_) store_le16(at_address(where_.used) + 4 + 8 * std::size_t{where_.size}, seen_);
    const std::byte* table = at_address(where_.descriptors);
    std::uint16_t index = made.id;
    while (true) {
      const std::byte* at = table + 16 * std::size_t{index};
      const std::uint16_t flags = load_le16(at + 12);
      std::byte* memory = at_address(load_le64(at));
      if ((flags & 4) != 0) {
        table = memory;
        index = 0;
        continue;
      }
      if ((flags & 2) != 0)
        made.to_write.emplace_back(memory, load_le32(at + 8));
      else
        made.to_read.emplace_back(memory, load_le32(at + 8));
      if ((flags & 1) == 0) return made;
      index = load_le16(at + 14);
    }
  }

  /// Puts an entry of any content into the used ring; shown with `show`.
  void put(std::uint32_t id, std::uint32_t length) {
    std::byte* entry = at_address(where_.used) + 4 + 8 * static_cast<std::size_t>(done_ % where_.size);
    store_le32(entry, id);
    store_le32(entry + 4, length);
    ++done_;
  }
  /// Shows what was put. True when the driver wants an interrupt.
  bool show() {
    const std::uint16_t before = load_le16(at_address(where_.used) + 2);
    set_used_index(done_);
    if (!event_index_) return (load_le16(at_address(where_.available)) & 1) == 0;
    const std::uint16_t event = load_le16(at_address(where_.available) + 4 + 2 * std::size_t{where_.size});
    return static_cast<std::uint16_t>(done_ - event - 1) < static_cast<std::uint16_t>(done_ - before);
  }
  bool complete(std::uint32_t id, std::uint32_t length) {
    put(id, length);
    return show();
  }
  void set_used_index(std::uint16_t index) { store_le16(at_address(where_.used) + 2, index); }
  /// Without an event index: whether the driver shall notify.
  void set_used_flags(std::uint16_t flags) { store_le16(at_address(where_.used), flags); }

  [[nodiscard]] const virtio::queue_memory& where() const { return where_; }
  [[nodiscard]] std::uint16_t done() const { return done_; }

 private:
  virtio::queue_memory where_;
  bool event_index_;
  std::uint16_t seen_ = 0;
  std::uint16_t done_ = 0;
};

}  // namespace mirage::test
