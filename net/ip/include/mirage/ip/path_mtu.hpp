// SPDX-License-Identifier: ISC
// What routers have reported of their links: path MTU discovery, RFC 1191 and RFC 8201. Black holes, where no
// report comes, are for the layer above to find.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/bounded_map.hpp"
#include "mirage/core/address.hpp"
#include "mirage/core/time.hpp"

namespace mirage {

class path_mtu_cache {
 public:
  /// Nothing smaller than `least` is believed, so that a forged report does not make us send crumbs.
  explicit path_mtu_cache(std::uint32_t least, std::size_t paths = 256, duration kept = 10min)
      : least_(least), kept_(kept), paths_(paths) {}

  /// A router could not send a packet of `length` bytes on. `mtu`: of its next link; 0 if it does not say,
  /// then the plateaus of RFC 1191 §7.1 are gone down. A larger one than is known is not believed. At the cap
  /// the oldest goes.
  void too_long(const ip_address& destination, std::uint32_t mtu, std::uint32_t length, instant now) noexcept;

  /// At most `link`. What is older than 10 minutes is tried anew (RFC 1191 §6.3, RFC 8201 §4).
  [[nodiscard]] std::uint32_t mtu(const ip_address& destination, std::uint32_t link, instant now) noexcept;

  [[nodiscard]] std::size_t size() const noexcept { return paths_.size(); }

 private:
  struct path {
    std::uint32_t mtu;
    instant until;
  };
  void make_room() noexcept;
  std::uint32_t least_;
  duration kept_;
  bounded_map<ip_address, path> paths_;
};

}  // namespace mirage
