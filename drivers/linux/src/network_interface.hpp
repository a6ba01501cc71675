// SPDX-License-Identifier: ISC
// What the host says of an interface, netdevice(7).
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "mirage/core/mac_address.hpp"

namespace mirage::detail {

/// Nothing where no interface has that name.
[[nodiscard]] std::optional<std::uint32_t> mtu_of(std::string_view interface) noexcept;
[[nodiscard]] std::optional<int> index_of(std::string_view interface) noexcept;

/// Whether it cuts TCP and UDP by itself, so that the kernel need not do it in front of it.
[[nodiscard]] bool cuts_frames(int index) noexcept;

/// Unicast and locally administered, IEEE 802c.
[[nodiscard]] mac_address random_mac() noexcept;

}  // namespace mirage::detail
