// SPDX-License-Identifier: ISC
// What the engine needs of IP, either version. The shell `tcp<Ip...>` implements it over its `v1::ip`s, so
// that everything else is compiled once.
#pragma once

#include <cstddef>
#include <cstdint>

#include "mirage/core/buffer_list.hpp"
#include "mirage/core/bytes.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/result.hpp"
#include "mirage/v1.hpp"

namespace mirage::tcp_protocol {

/// How packets to a peer leave.
struct way {
  ip_address source{};
  std::uint32_t mtu = 0;
  v1::capabilities device{};
};

/// One packet to be sent. `write` makes the first bytes, in the memory that it is given, and says how many.
struct outgoing {
  ip_address source{};
  ip_address destination{};
  std::uint8_t traffic_class = 0;
  bool dont_fragment = true;
  std::uint32_t interface = 0;
  v1::transmit how{};
  void* context = nullptr;
  std::size_t (*write)(void* context, bytes to) noexcept = nullptr;
};

class below {
 public:
  /// From `from`, if it is specified: over several interfaces the way depends on it.
  [[nodiscard]] virtual result<way, v1::net_error> route(const ip_address& to,
                                                         const ip_address& from) noexcept = 0;
  [[nodiscard]] virtual result<void, v1::net_error> write(const outgoing& what,
                                                          buffer_list slices) noexcept = 0;
  [[nodiscard]] virtual bool is_ours(const ip_address& address) const noexcept = 0;

 protected:
  ~below() = default;
};

}  // namespace mirage::tcp_protocol
