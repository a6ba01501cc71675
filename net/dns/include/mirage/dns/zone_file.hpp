// SPDX-License-Identifier: ISC
// A zone from the text of its master file.
#pragma once

#include <cstddef>
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

/// Makes a zone in parts. `file` is what errors call the text, which must outlive this. Without a source
/// nothing can be included. An error of the zone as a whole has no line.
class zone_reader final : master_sink {
 public:
  zone_reader(std::string_view text, name_view origin, std::string_view file = {},
              include_source* includes = nullptr)
      : builder_(origin), includes_(includes), file_(file), text_(text, origin, *this, {}, file) {}

  /// Goes on by a part that takes as long as to read so many records. Nothing while there is more to do, and
  /// after the zone, or what is wrong, it is not called again.
  [[nodiscard]] std::optional<result<std::unique_ptr<const zone>, master_error>> read(std::size_t records);

 private:
  std::string_view add(const master_record& record) override;
  std::optional<std::string_view> include(std::string_view file) override;

  zone_builder builder_;
  include_source* includes_;
  std::string_view file_;
  master_reader text_;
  bool all_read_ = false;
};

/// All of it at once.
[[nodiscard]] result<std::unique_ptr<const zone>, master_error> read_zone(std::string_view text,
                                                                          name_view origin,
                                                                          std::string_view file = {},
                                                                          include_source* includes = nullptr);

}  // namespace mirage::dns
