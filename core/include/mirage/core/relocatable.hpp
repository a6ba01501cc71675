// SPDX-License-Identifier: ISC
// Which classes a container may move by copying their bytes.
#pragma once

#include <type_traits>

namespace mirage {

/// Whether an object is moved to another place by copying its bytes and forgetting that it was at the old
/// one: nothing refers to the place, and destroying what was moved from would do nothing (P2786 gives the
/// language the same). A class with a move constructor of its own says so by a specialisation.
template <class T>
inline constexpr bool is_trivially_relocatable = std::is_trivially_copyable_v<T>;

}  // namespace mirage
