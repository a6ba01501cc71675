// SPDX-License-Identifier: ISC
// Makes the tables of `crunch_index::find` for a set of keys. For the generator and for tests; an image never
// calls it.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mirage/crunch/index.hpp"

namespace mirage {

struct crunch_tables {
  std::vector<std::uint16_t> displacements;
  std::vector<std::uint32_t> slots;
};

/// Tables for these keys, which must all differ. The order of `entries` is that of `keys`. Depends on nothing
/// but the keys. Nothing for two keys of one 64-bit hash, which is no likelier than damaged memory.
[[nodiscard]] std::optional<crunch_tables> make_crunch_tables(const std::vector<std::string_view>& keys);

}  // namespace mirage
