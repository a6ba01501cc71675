// SPDX-License-Identifier: ISC
#include "insert_shares.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "mirage/config/sharing.hpp"

namespace mirage::config {
namespace {

// A number is that of a device in the graph as it was; unikernels are numbered behind the devices.
class inserter_of_shares {
 public:
  explicit inserter_of_shares(const graph& before) : before_(before), after_(before) {
    for (std::size_t i = 0; i < count(); ++i) {
      std::vector<bool> below(count());
      below[i] = true;
      for (const settled_wire& input : inputs(i))
        for (std::size_t j = 0; j < i; ++j) below[j] = below[j] || below_[input.given][j];
      below_.push_back(std::move(below));
    }
  }

  outcome<graph> insert() {
    after_.devices.clear();
    for (std::size_t i = 0; i < before_.devices.size(); ++i) {
      settled_device device = before_.devices[i];
      if (auto ok = rewire(i, device.inputs); !ok) return std::unexpected(ok.error());
      after_.devices.push_back(std::move(device));
      moved_.push_back({after_.devices.size() - 1, {}});
      const sharing* how = sharings.of(before_.devices[i].module);
      if (how != nullptr) share(i, *how);
    }
    for (std::size_t i = 0; i < after_.unikernels.size(); ++i) {
      auto ok = rewire(before_.devices.size() + i, after_.unikernels[i].inputs);
      if (!ok) return std::unexpected(ok.error());
    }
    return std::move(after_);
  }

 private:
  struct port {
    std::size_t user;
    std::size_t at;  // in the graph as it will be
  };
  struct moved {
    std::size_t to;
    std::vector<port> ports;  // empty: it has one user at most
  };

  [[nodiscard]] std::size_t count() const { return before_.devices.size() + before_.unikernels.size(); }
  [[nodiscard]] const std::vector<settled_wire>& inputs(std::size_t i) const {
    const std::size_t devices = before_.devices.size();
    return i < devices ? before_.devices[i].inputs : before_.unikernels[i - devices].inputs;
  }
  [[nodiscard]] const std::string& name(std::size_t i) const {
    const std::size_t devices = before_.devices.size();
    return i < devices ? before_.devices[i].what.name : before_.unikernels[i - devices].what.name;
  }

  [[nodiscard]] std::vector<std::size_t> users_of(std::size_t device) const {
    std::vector<std::size_t> takers;
    for (std::size_t i = device + 1; i < count(); ++i)
      if (std::ranges::count(inputs(i), device, &settled_wire::given) > 0) takers.push_back(i);
    std::vector<std::size_t> users;
    for (const std::size_t one : takers) {
      const auto is_above = [&](std::size_t other) { return other != one && below_[other][one]; };
      if (std::ranges::none_of(takers, is_above)) users.push_back(one);
    }
    return users;
  }

  // The device, which was put last, gets a share and ports if it needs them.
  void share(std::size_t device, const sharing& how) {
    const std::vector<std::size_t> users = users_of(device);
    if (users.size() < 2) return;
    const settled_wire& first = *std::ranges::find(inputs(users[0]), device, &settled_wire::given);
    const std::size_t share_at = after_.devices.size();
    after_.devices.push_back(
        {.type_name = {},
         .object = {},
         .module = how.share_module,
         .what = how.share,
         .inputs = {{how.share.name, first.wanted, first.satisfies, share_at - 1, first.at}}});
    for (const std::size_t user : users) {
      after_.devices.push_back({.type_name = {},
                                .object = {},
                                .module = how.module,
                                .what = how.port,
                                .inputs = {{how.port.name, how.share_module, "", share_at, ""}}});
      moved_[device].ports.push_back({user, after_.devices.size() - 1});
    }
  }

  // What is above, or is itself, the user of a shared device takes that user's port.
  outcome<void> rewire(std::size_t taker, std::vector<settled_wire>& wires) const {
    for (settled_wire& wire : wires) {
      const moved& given = moved_[wire.given];
      const port* own = nullptr;
      for (const port& each : given.ports) {
        if (!below_[each.user][taker]) continue;
        if (own != nullptr) return std::unexpected(two_users(*own, each, taker, wire));
        own = &each;
      }
      wire.given = own == nullptr ? given.to : own->at;
    }
    return {};
  }

  [[nodiscard]] refusal two_users(const port& one, const port& other, std::size_t taker,
                                  const settled_wire& wire) const {
    const std::string place = wire.at.empty() ? "" : wire.at + ": ";
    return {place + "two users of one " + wire.wanted + ", " + name(one.user) + " and " + name(other.user) +
            ", stand on the same " + name(taker) + "; give each its own"};
  }

  const graph& before_;
  graph after_;
  std::vector<std::vector<bool>> below_;  // [i][j]: i is j, or stands on it
  std::vector<moved> moved_;
};

}  // namespace

outcome<graph> insert_shares(const graph& image) { return inserter_of_shares(image).insert(); }

}  // namespace mirage::config
