// SPDX-License-Identifier: ISC
// Zones that were made when the image was built, one behind the other as `mirage-zones` wrote them: each with
// the size of its block in front, four octets, the lowest first.
#pragma once

#include <memory>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/zone.hpp"

namespace mirage::dns {

class compiled_zones {
 public:
  /// The value of a crunch store that holds them.
  static constexpr const char* key = "zones";

  /// `from` outlives what it gives: nothing is copied.
  explicit compiled_zones(cbytes from) noexcept : rest_(from) {}

  /// The next zone; null behind the last, and where there is none although something is left.
  [[nodiscard]] std::unique_ptr<const zone> next();
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

  static void append(std::vector<std::byte>& to, const zone& added);

 private:
  cbytes rest_;
};

}  // namespace mirage::dns
