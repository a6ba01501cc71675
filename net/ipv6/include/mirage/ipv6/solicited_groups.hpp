// SPDX-License-Identifier: ISC
// We are in the group of each address of ours, and of those that are to be, so that who asks for it is heard:
// RFC 4291 §2.8, RFC 4862 §5.4.2.
#pragma once

#include "mirage/core/address.hpp"
#include "mirage/core/inline_vector.hpp"
#include "mirage/core/time.hpp"
#include "mirage/ip/group_membership.hpp"
#include "mirage/ndp/own_addresses.hpp"

namespace mirage {

class solicited_groups {
 public:
  /// Joins the groups of the addresses that are new, and leaves those of the addresses that are gone.
  void follow(const own_addresses& ours, group_membership& groups, instant now) noexcept;

 private:
  inline_vector<ipv6_address, own_addresses::most> followed_;
};

}  // namespace mirage
