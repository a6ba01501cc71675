// SPDX-License-Identifier: ISC
// Zones that are replaced while they are served: each new version goes into the table, what it differs in is
// kept for incremental transfers (RFC 1995 §5), and whoever must know is told.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <vector>

#include "mirage/core/shared.hpp"
#include "mirage/dns/zone_difference.hpp"
#include "mirage/dns_server/zone_table.hpp"

namespace mirage::dns {

/// Whether `a` is newer than `b` (RFC 1982 §3.2).
[[nodiscard]] constexpr bool is_newer_serial(std::uint32_t a, std::uint32_t b) noexcept {
  return static_cast<std::int32_t>(a - b) > 0;
}

class zone_watcher {
 public:
  /// The zone is in the table, for the first time or with another serial than before.
  virtual void zone_changed(const zone& now) = 0;

 protected:
  ~zone_watcher() = default;
};

struct zone_versions_options {
  std::size_t most_differences = 16;    ///< versions of a zone that can be asked for
  std::size_t most_octets = 1'000'000;  ///< of the differences of a zone together
};

class zone_versions {
 public:
  /// The table must outlive it.
  explicit zone_versions(zone_table& zones, const zone_versions_options& options = {})
      : zones_(zones), options_(options) {}

  /// Serves the zone from now on. A zone with the serial of the one before it has no differences.
  void set(shared<const zone> added);
  class replacement;
  /// Serves the zone no more.
  void remove(name_view origin);
  /// The same, but it stays one of ours, of which there is no version now.
  void set_unavailable(name_view origin);

  /// From the version with that serial to the one that is served, oldest first; none when they are not known.
  [[nodiscard]] std::vector<shared<const zone_difference>> since(name_view origin,
                                                                 std::uint32_t serial) const;

  [[nodiscard]] zone_table& zones() const noexcept { return zones_; }
  /// The version that is served; null when there is none.
  [[nodiscard]] shared<const zone> hold(name_view origin) const noexcept { return zones_.hold(origin); }
  /// Tells it of what is set from now on. It must outlive this.
  void watch(zone_watcher& by) { watchers_.push_back(&by); }

 private:
  struct history {
    name origin;
    std::deque<shared<const zone_difference>> differences;  // each begins where the one before ends
  };
  void serve(shared<const zone> added, bool changed, shared<const zone_difference> difference);
  void keep(name_view origin, shared<const zone_difference> difference);

  zone_table& zones_;
  zone_versions_options options_;
  std::vector<history> histories_;
  std::vector<zone_watcher*> watchers_;
};

/// `set` in parts: first what the versions differ in is found, and then the new one is served.
class zone_versions::replacement {
 public:
  replacement(zone_versions& in, shared<const zone> added);
  /// Goes on, by so many records. True when the zone is served; then it is not called again.
  [[nodiscard]] bool advance(std::size_t records);

 private:
  zone_versions& in_;
  shared<const zone> before_;
  shared<const zone> added_;
  std::optional<zone_comparison> comparison_;
};

}  // namespace mirage::dns
