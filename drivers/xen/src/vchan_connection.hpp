// SPDX-License-Identifier: ISC
// One end of a vchan: the shared page, two rings of bytes and an event channel (io/libxenvchan.h).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "mirage/core/counters.hpp"
#include "mirage/core/event.hpp"
#include "mirage/core/loop.hpp"
#include "mirage/xen/hypervisor.hpp"
#include "mirage/xen/vchan.hpp"

namespace mirage::xen::detail {

class vchan_connection final : event_source, hypervisor::tenant {
 public:
  vchan_connection(hypervisor& xen, domain_id other, bool serves) noexcept
      : tenant(xen), xen_(xen), other_(other), serves_(serves) {}
  vchan_connection(const vchan_connection&) = delete;
  vchan_connection& operator=(const vchan_connection&) = delete;
  /// What was not closed is reset.
  ~vchan_connection();

  [[nodiscard]] result<void, vchan_error> share(const vchan_options& options);
  [[nodiscard]] result<void, vchan_error> attach(grant_reference page, event_port port);
  [[nodiscard]] grant_reference reference() const noexcept { return reference_; }
  [[nodiscard]] event_port port() const noexcept { return port_; }
  [[nodiscard]] bool serves() const noexcept { return serves_; }
  [[nodiscard]] bool client_has_come() const noexcept;

  /// We were resumed from saved memory, where the other end is not: it has been reset.
  [[nodiscard]] bool was_lost() const noexcept { return page_ == nullptr; }

  enum class side : std::uint8_t { open, ended, reset };
  /// Of the other end, as it is now; a reset stays.
  [[nodiscard]] side other_side() noexcept;
  /// How many bytes can be read, or written, now; at none the other end was asked to tell when there are.
  [[nodiscard]] std::size_t readable() noexcept;
  [[nodiscard]] std::size_t writable() noexcept;
  /// No more than that.
  void read(bytes to) noexcept;
  void write(cbytes from) noexcept;
  void end_writing() noexcept;
  void close(bool in_order) noexcept;
  [[nodiscard]] bool other_has_gone() const noexcept;

  event changed;               // the other end told us something, or `close`
  bool closed = false;         // by us
  bool writing_ended = false;  // by us, or a write was cancelled half-way

 private:
  struct byte_ring {
    std::size_t at = 0;  // of its two indices, in the shared page
    std::vector<std::byte*> parts;
    std::size_t part_size = 0;
    std::uint32_t size = 0;
    std::uint32_t ours = 0;  // our index: of what we have read or written
  };
  bool poll() noexcept override;
  void resumed() noexcept override;
  void give_back() noexcept;
  [[nodiscard]] bool lay_out(std::uint16_t left, std::uint16_t right);
  [[nodiscard]] bool share_ring(byte_ring& ring, std::size_t& grant_at);
  [[nodiscard]] bool attach_ring(byte_ring& ring, std::size_t& grant_at);
  [[nodiscard]] static std::span<std::byte> part_of(const byte_ring& ring, std::uint32_t index,
                                                    std::size_t wanted) noexcept;
  [[nodiscard]] std::size_t waiting() noexcept;
  [[nodiscard]] std::size_t room() noexcept;
  void ask_for(std::uint8_t what) noexcept;
  void tell(std::uint8_t what) noexcept;
  void reset() noexcept { reset_ = true; }

  hypervisor& xen_;
  domain_id other_;
  bool serves_;
  bool reset_ = false;
  std::byte* page_ = nullptr;
  grant_reference reference_ = 0;
  event_port port_ = 0;
  byte_ring in_;
  byte_ring out_;
  std::vector<shared_page> shared_;
  std::vector<bytes> mapped_;

  counter faults_{"vchan_faults_total", {}, "What the other end of a vchan did against the rules"};
};

}  // namespace mirage::xen::detail
