// SPDX-License-Identifier: ISC
// Names and the data of records, as tests write them down.
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <mirage/core/ip_address.hpp>
#include <mirage/dns/name.hpp>

namespace mirage::test {

inline dns::name name_of(std::string_view text) { return *dns::name::parse(text); }

/// The data of records, as they lie in messages.
inline std::vector<std::byte> rdata(const ip_address& address) {
  std::vector<std::byte> data(address.is_v4() ? 4 : 16);
  if (address.is_v4())
    address.v4().store(data.data());
  else
    address.v6().store(data.data());
  return data;
}
inline std::vector<std::byte> rdata(const dns::name& name) {
  const cbytes wire = name.view().wire();
  return {wire.begin(), wire.end()};
}

}  // namespace mirage::test
