// SPDX-License-Identifier: ISC
// All records of a zone, one by one, in canonical order, RRSIG records behind what they cover. Whoever goes
// over them may stop anywhere and go on later, as a zone transfer does.
#pragma once

#include <cstddef>

#include "mirage/core/bytes.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/zone.hpp"

namespace mirage::dns {

class zone_records {
 public:
  /// At the first record. The zone must outlive it.
  explicit zone_records(const zone& of) noexcept : zone_(of) { enter(of.apex()); }

  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }
  [[nodiscard]] const name& owner() const noexcept { return owner_; }
  [[nodiscard]] name_view origin() const noexcept { return zone_.origin(); }  ///< of the zone
  /// As a `record_set` has it.
  [[nodiscard]] cbytes record() const noexcept { return front_record(rest_); }
  [[nodiscard]] record_type type() const noexcept {
    return static_cast<record_type>(load_be16(rest_.data() + 2));
  }
  void next() noexcept;

 private:
  void enter(zone_node node) noexcept;
  void settle() noexcept;

  const zone& zone_;
  zone_node node_;
  name owner_;
  const std::byte* sets_ = nullptr;  // those that are not begun
  unsigned sets_left_ = 0;
  cbytes rest_{};        // of the records of a set
  cbytes signatures_{};  // that follow them
};

}  // namespace mirage::dns
