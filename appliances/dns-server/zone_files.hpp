// SPDX-License-Identifier: ISC
// The zones of a folder: each file NAME.zone is the master file of the zone NAME; the other files are what
// they may include. What has changed since the last look is read again.
#pragma once

#include <mirage/core/log.hpp>
#include <mirage/core/sleep.hpp>
#include <mirage/dns/zone_file.hpp>
#include <mirage/dns_server/zone_versions.hpp>
#include <mirage/v1.hpp>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

inline constexpr mirage::log_source dns_log{"dns"};

/// What it serves goes into a `zone_table` or, where other servers want to know what has changed,
/// `zone_versions`.
template <class Zones>
class zone_files final : public mirage::dns::include_source {
 public:
  /// The zones must outlive it.
  explicit zone_files(Zones& zones) : zones_(zones) {}

  /// Serves what is new in the store. False when something is wrong, which is told to the log; of a zone that
  /// is wrong the version before goes on being served.
  template <mirage::v1::kv_ro Files>
  mirage::task<bool> load(Files& store) {
    std::vector<file> found;
    const bool listed = co_await list(store, found);
    if (!listed) co_return false;
    if (found == known_) co_return true;
    for (file& each : found) {
      auto text = co_await store.get(each.name);
      if (!text) {
        dns_log.error("{}: {}", each.name, describe(text.error()));
        co_return false;
      }
      each.text = *std::move(text);
    }
    std::swap(known_, found);
    const bool good = co_await make(found);
    for (file& each : known_) each.text = {};
    co_return good;
  }

  std::optional<std::string_view> find(std::string_view name) override {
    const auto found = std::ranges::find(known_, name, &file::name);
    if (found == known_.end()) return std::nullopt;
    return found->text.text();
  }

 private:
  struct file {
    std::string name;
    std::uint64_t size = 0;
    mirage::wall_time modified{};
    mirage::buffer text{};  // while zones are made of it

    [[nodiscard]] bool is_zone() const noexcept { return name.ends_with(".zone"); }
    friend bool operator==(const file& a, const file& b) noexcept {
      return a.name == b.name && a.size == b.size && a.modified == b.modified;
    }
  };

  template <mirage::v1::kv_ro Files>
  mirage::task<bool> list(Files& store, std::vector<file>& into) {
    auto listed = co_await store.list("");
    if (!listed) {
      dns_log.error("the folder of zones: {}", describe(listed.error()));
      co_return false;
    }
    for (const mirage::v1::kv_item& item : *listed) {
      if (item.dictionary) continue;
      auto size = co_await store.size(item.name);
      auto modified = co_await store.last_modified(item.name);
      if (!size || !modified) continue;  // it has just gone
      into.push_back({item.name, *size, *modified});
    }
    co_return true;
  }

  static std::optional<mirage::dns::name> origin_of(const file& of) {
    std::string_view text = of.name;
    text.remove_suffix(5);
    const auto origin = mirage::dns::name::parse(text == "root" ? "." : text);
    if (!origin) {
      dns_log.error("{}: {}", of.name, describe(origin.error()));
      return std::nullopt;
    }
    return *origin;
  }

  /// Of the files that are not as they were `before`; of all, when one has changed that may be included.
  mirage::task<bool> make(const std::vector<file>& before) {
    const auto is_old = [](const std::vector<file>& among, const file& each) {
      return std::ranges::find(among, each) != among.end();
    };
    const auto changed_part = [&](const file& each) { return !each.is_zone() && !is_old(before, each); };
    const bool all = std::ranges::any_of(known_, changed_part);
    bool good = true;
    for (const file& each : known_) {
      if (!each.is_zone() || (!all && is_old(before, each))) continue;
      const bool made = co_await make_zone(each);
      good = good && made;
    }
    for (const file& each : before) {
      if (!each.is_zone() || std::ranges::find(known_, each.name, &file::name) != known_.end()) continue;
      dns_log.info("{} is gone, and its zone is no longer served", each.name);
      if (const auto origin = origin_of(each)) zones_.remove(*origin);
    }
    co_return good;
  }

  /// In parts, since others are answered meanwhile.
  mirage::task<bool> make_zone(const file& of) {
    const auto origin = origin_of(of);
    if (!origin) co_return false;
    mirage::dns::zone_reader reader(of.text.text(), *origin, of.name, this);
    auto read = reader.read(mirage::dns::records_in_a_part);
    for (; !read; read = reader.read(mirage::dns::records_in_a_part)) co_await mirage::yield();
    auto& made = *read;
    if (!made) {
      dns_log.error("{}", made.error());
      co_return false;
    }
    const auto served = zones_.hold(*origin);
    if (served && !mirage::dns::is_newer_serial((*made)->serial(), served->serial()))
      dns_log.warning("{}: the serial {} is not newer than {}, so its secondaries will not fetch it", of.name,
                      (*made)->serial(), served->serial());
    dns_log.info("{}: serial {}, {} records, {} names, {} KB", *origin, (*made)->serial(), (*made)->records(),
                 (*made)->names(), (*made)->memory() / 1024);
    typename Zones::replacement replaced(zones_, *std::move(made));
    while (!replaced.advance(mirage::dns::records_in_a_part)) co_await mirage::yield();
    co_return true;
  }

  Zones& zones_;
  std::vector<file> known_;
};
