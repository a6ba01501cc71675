// SPDX-License-Identifier: ISC
// Literal addresses in the place of names.
#pragma once

#include <string_view>

#include "mirage/core/host_name.hpp"
#include "mirage/core/ip_address.hpp"
#include "mirage/core/ready.hpp"
#include "mirage/v1.hpp"

namespace mirage {

/// `v1::resolver`. An address is its own answer; a name is `not_found`, and what could be none is `bad_name`.
class literal_names {
 public:
  /// `name` must outlive it.
  explicit literal_names(std::string_view name) noexcept : name_(name) {}
  literal_names(const literal_names&) = delete;
  literal_names& operator=(const literal_names&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  ready<result<v1::address_list, v1::resolve_error>> resolve(std::string_view host) { return look_up(host); }

 private:
  static result<v1::address_list, v1::resolve_error> look_up(std::string_view host) {
    const auto address = ip_address::parse(host);
    if (!address)
      return fail(is_host_name(host) ? v1::resolve_error::not_found : v1::resolve_error::bad_name);
    v1::address_list only;
    only.push_back(*address);
    return only;
  }

  std::string_view name_;
};

static_assert(v1::resolver<literal_names>);

}  // namespace mirage
