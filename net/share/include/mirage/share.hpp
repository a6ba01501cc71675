// SPDX-License-Identifier: ISC
// One network for several users: a network has one sink, and this is it.
//
//   mirage::share<network_0> share{"share", network};
//   mirage::share_port<share_0> first{"first", share}, second{"second", share};
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

#include "mirage/any_network_sink.hpp"
#include "mirage/core/counters.hpp"
#include "mirage/core/panic.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// What a share knows of one of its users.
struct share_user {
  any_network_sink sink;
  bool refused = false;  // it waits for `writable`
};

/// Hears from the network, which must outlive it, while it lives. The ports go before it.
template <v1::network Network>
class share {
 public:
  static constexpr std::size_t most_users = 16;

  share(std::string_view name, Network& below)
      : name_(name), below_(below), listening_(below.listen(*this)) {}
  share(const share&) = delete;
  share& operator=(const share&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] Network& below() noexcept { return below_; }
  [[nodiscard]] const Network& below() const noexcept { return below_; }

  // ---- The ports' ----

  void add(share_user& one) noexcept {
    const auto free = std::ranges::find(users_, nullptr);
    require(free != users_.end(), "a network has too many users");
    *free = &one;
  }
  void remove(share_user& one) noexcept { std::ranges::replace(users_, &one, nullptr); }

  // ---- The network's ----

  /// The bytes are one and the same for all: nobody changes them in place.
  void input(buffer&& frame, const v1::received& how) {
    std::size_t left = listening_users();
    if (left == 0) ++nobody_listens_;
    for (share_user* const each : users_) {
      if (left == 0) return;
      if (each == nullptr || !each->sink) continue;
      if (--left == 0) return each->sink.input(std::move(frame), how);
      each->sink.input(frame.share(), how);
    }
  }
  void batch_end() {
    for (share_user* const each : users_)
      if (each != nullptr && each->sink) each->sink.batch_end();
  }
  void writable() {
    for (share_user* const each : users_)
      if (each != nullptr && std::exchange(each->refused, false) && each->sink) each->sink.writable();
  }
  void link_restored() {
    for (share_user* const each : users_)
      if (each != nullptr && each->sink) each->sink.link_restored();
  }

 private:
  [[nodiscard]] std::size_t listening_users() const noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(
        users_, [](const share_user* each) { return each != nullptr && static_cast<bool>(each->sink); }));
  }

  std::string_view name_;
  Network& below_;
  std::array<share_user*, most_users> users_{};
  counter nobody_listens_{"share_dropped_total",
                          {{"device", name_}, {"reason", "nobody_listens"}},
                          "Frames that no user was there for"};
  subscription listening_;
};

/// `v1::network`: one user's view of a `share`, which must outlive it.
template <class Share>
class share_port {
 public:
  share_port(std::string_view name, Share& of) noexcept : name_(name), share_(of) { share_.add(user_); }
  share_port(const share_port&) = delete;
  share_port& operator=(const share_port&) = delete;
  ~share_port() { share_.remove(user_); }

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  [[nodiscard]] mac_address mac() const noexcept { return share_.below().mac(); }
  [[nodiscard]] v1::capabilities capabilities() const noexcept { return share_.below().capabilities(); }

  template <v1::fill Fill>
  result<void, v1::net_error> write(const v1::transmit& how, Fill fill, buffer_list slices) {
    auto sent = share_.below().write(how, std::move(fill), std::move(slices));
    if (!sent && (sent.error() == v1::net_error::full || sent.error() == v1::net_error::down))
      user_.refused = true;
    return sent;
  }
  template <v1::network_sink Sink>
  [[nodiscard]] subscription listen(Sink& sink) noexcept {
    return user_.sink.listen(sink);
  }

 private:
  std::string_view name_;
  Share& share_;
  share_user user_;
};

}  // namespace mirage
