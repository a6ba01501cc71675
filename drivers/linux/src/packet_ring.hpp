// SPDX-License-Identifier: ISC
// What a packet socket receives: a ring of frames that the kernel writes and we read, packet_mmap of Linux,
// TPACKET_V2. Version 3 hands frames over by the block, which takes less work and a millisecond.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/buffer.hpp"
#include "mirage/core/mac_address.hpp"
#include "mirage/linux/file_descriptor.hpp"
#include "mirage/virtio_net_header/wire.hpp"

namespace mirage::detail {

class packet_ring {
 public:
  packet_ring() noexcept = default;
  packet_ring(const packet_ring&) = delete;
  packet_ring& operator=(const packet_ring&) = delete;
  ~packet_ring() { close(); }

  /// Frames to `mac` and to groups, from that interface, whatever its own address is. 0, or errno.
  [[nodiscard]] int open(int interface, const mac_address& mac) noexcept;
  void close() noexcept;
  [[nodiscard]] int descriptor() const noexcept { return socket_.get(); }

  enum class outcome : std::uint8_t { taken, empty, no_memory, too_long, malformed };
  struct frame {
    outcome what = outcome::empty;
    buffer content;
    v1::received known;
  };
  /// The next frame, copied out of the ring, whose place is the kernel's again.
  [[nodiscard]] frame take() noexcept;

  /// Whether the kernel found no place for frames, as the last one that was taken says; how many since the
  /// last call.
  [[nodiscard]] bool has_lost() const noexcept { return has_lost_; }
  [[nodiscard]] std::uint64_t take_losses() noexcept;

 private:
  struct slot;
  [[nodiscard]] frame copy_of(const slot& from) noexcept;
  [[nodiscard]] frame receive_long() noexcept;

  file_descriptor socket_;
  std::byte* memory_ = nullptr;
  std::uint32_t next_ = 0;
  bool has_lost_ = false;
};

}  // namespace mirage::detail
