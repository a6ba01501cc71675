// SPDX-License-Identifier: ISC
// A zone from the text of its master file.
#pragma once

#include <memory>
#include <optional>
#include <string_view>

#include "mirage/core/result.hpp"
#include "mirage/dns/master_file.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/zone.hpp"

namespace mirage::dns {

/// Where the files that `$INCLUDE` names come from.
class include_source {
 public:
  /// The text, which lives until the zone is made; nothing when there is no such file.
  [[nodiscard]] virtual std::optional<std::string_view> find(std::string_view file) = 0;

 protected:
  ~include_source() = default;
};

/// `file` is what errors call the text. Without a source nothing can be included. An error of the zone as a
/// whole has no line.
[[nodiscard]] result<std::unique_ptr<const zone>, master_error> read_zone(std::string_view text,
                                                                          name_view origin,
                                                                          std::string_view file = {},
                                                                          include_source* includes = nullptr);

}  // namespace mirage::dns
