// SPDX-License-Identifier: ISC
// Host names from a table, as /etc/hosts has them.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "mirage/core/ready.hpp"
#include "mirage/v1.hpp"

namespace mirage::memory {

struct host {
  std::string_view name;
  ip_address address;
};

/// `v1::resolver`. A name may be in the table several times: its addresses come in that order. Names are
/// compared without regard to case, and a dot at the end changes nothing.
class resolver {
 public:
  explicit resolver(std::initializer_list<host> hosts, std::string_view name = "memory_resolver");
  resolver(const resolver&) = delete;
  resolver& operator=(const resolver&) = delete;

  [[nodiscard]] std::string_view name() const noexcept { return name_; }
  ready<result<v1::address_list, v1::resolve_error>> resolve(std::string_view host) { return look_up(host); }

 private:
  [[nodiscard]] result<v1::address_list, v1::resolve_error> look_up(std::string_view host) const;
  std::string_view name_;
  std::vector<std::pair<std::string, ip_address>> hosts_;
};

static_assert(v1::resolver<resolver>);

}  // namespace mirage::memory
