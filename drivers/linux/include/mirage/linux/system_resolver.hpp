// SPDX-License-Identifier: ISC
// Names through the host's resolver, getaddrinfo(3): /etc/hosts, DNS, and whatever nsswitch.conf says. Each
// lookup blocks a helper thread, never the loop.
#pragma once

#include <string_view>

#include "mirage/core/counters.hpp"
#include "mirage/linux/helper_thread.hpp"
#include "mirage/v1.hpp"

namespace mirage {

struct system_resolver_options {
  unsigned at_once = 4;    ///< lookups that run at the same time
  unsigned capacity = 64;  ///< with those that wait; more get `failed`
};

/// `v1::resolver`. A lookup that nobody waits for any more runs to its end, which the destructor does not
/// wait for.
class system_resolver {
 public:
  /// `name` must outlive it.
  explicit system_resolver(std::string_view name, const system_resolver_options& options = {}) noexcept
      : name_(name),
        helper_({.threads = options.at_once, .capacity = options.capacity, .may_be_left = true}) {}
  system_resolver(const system_resolver&) = delete;
  system_resolver& operator=(const system_resolver&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }

  task<result<v1::address_list, v1::resolve_error>> resolve(std::string_view host);

 private:
  std::string_view name_;
  helper_thread helper_;
  metric_label label_{"device", name_};
  counter lookups_{label_, "resolver_lookups_total", "Names that were looked up"};
  counter refused_{label_, "resolver_refused_total", "Names refused because too many were being looked up"};
};

static_assert(v1::resolver<system_resolver>);

}  // namespace mirage
