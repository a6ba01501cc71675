// SPDX-License-Identifier: ISC
// Signs zones of the made-up Internet, with ECDSA over P-256 and NSEC records.
#pragma once

#include <bearssl.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <mirage/core/os.hpp>
#include <mirage/dnssec/canonical.hpp>
#include <mirage/dnssec/record_check.hpp>

#include "internet.hpp"

namespace mirage::test {

using octets = std::vector<std::byte>;

inline void append(octets& to, cbytes what) { to.insert(to.end(), what.begin(), what.end()); }
inline unsigned char* raw(octets& of) { return static_cast<unsigned char*>(static_cast<void*>(of.data())); }
inline const unsigned char* raw(const octets& of) {
  return static_cast<const unsigned char*>(static_cast<const void*>(of.data()));
}

/// A key pair that a number stands for.
class zone_key {
 public:
  explicit zone_key(unsigned char number) : secret_(32, std::byte{number}) {
    octets point(65);
    const br_ec_private_key key = private_key();
    EXPECT_EQ(br_ec_compute_pub(&br_ec_p256_m31, nullptr, raw(point), &key), 65U);
    dnskey_ = {std::byte{1}, std::byte{1}, std::byte{3}, std::byte{13}};  // flags 257, ECDSA over P-256
    append(dnskey_, cbytes(point).subspan(1));
  }
  [[nodiscard]] const octets& dnskey() const { return dnskey_; }
  [[nodiscard]] std::uint16_t tag() const { return dnssec::public_key::read(dnskey_)->tag; }

  /// The DS record of the zone.
  [[nodiscard]] octets ds(dns::name zone) const {
    octets made(4);
    store_be16(made.data(), tag());
    made[2] = std::byte{13};
    made[3] = std::byte{2};
    zone.lower();
    octets input;
    append(input, zone.view().wire());
    append(input, dnskey_);
    made.resize(4 + 32);
    br_sha256_context context;
    br_sha256_init(&context);
    br_sha256_update(&context, input.data(), input.size());
    br_sha256_out(&context, &made[4]);
    return made;
  }

  /// The RRSIG record over the records.
  [[nodiscard]] octets sign(const dnssec::record_set_view& records, const dns::name& zone, std::uint32_t now,
                            std::uint32_t lifetime) const {
    octets made(18);
    const unsigned labels = records.owner.labels() - (records.owner.is_wildcard() ? 1 : 0);
    store_be16(made.data(), static_cast<std::uint16_t>(records.type));
    made[2] = std::byte{13};
    made[3] = static_cast<std::byte>(labels);
    store_be32(&made[4], 3600);
    store_be32(&made[8], now + lifetime);
    store_be32(&made[12], now - 3600);
    store_be16(&made[16], tag());
    append(made, zone.view().wire());
    const octets message = dnssec::signed_data(*dnssec::signature::read(made), records);
    octets hash(32);
    br_sha256_context context;
    br_sha256_init(&context);
    br_sha256_update(&context, message.data(), message.size());
    br_sha256_out(&context, hash.data());
    octets value(64);
    const br_ec_private_key key = private_key();
    EXPECT_EQ(br_ecdsa_i31_sign_raw(&br_ec_p256_m31, &br_sha256_vtable, hash.data(), &key, raw(value)), 64U);
    append(made, value);
    return made;
  }

 private:
  [[nodiscard]] br_ec_private_key private_key() const {
    return {BR_EC_secp256r1, const_cast<unsigned char*>(raw(secret_)), secret_.size()};
  }
  octets secret_;
  octets dnskey_;
};

/// Signs a zone as it is now, for so many seconds from now.
inline void sign(internet::zone& zone, const zone_key& key, std::uint32_t lifetime = 86400) {
  using dns::record_type;
  const auto now = static_cast<std::uint32_t>(
      std::chrono::floor<std::chrono::seconds>(os::wall().time_since_epoch()).count());
  std::erase_if(zone.records, [](const auto& each) {
    return each.type == record_type::rrsig || each.type == record_type::nsec ||
           each.type == record_type::dnskey || each.type == record_type::soa;
  });
  octets soa(22);
  store_be32(&soa[18], 60);
  zone.records.push_back({zone.apex, record_type::soa, soa});
  zone.records.push_back({zone.apex, record_type::dnskey, key.dnskey()});

  const auto is_cut = [&](const dns::name& name) {
    return std::ranges::any_of(zone.records, [&](const auto& each) {
      return each.type == record_type::ns && each.owner != zone.apex && each.owner == name;
    });
  };
  const auto is_below_a_cut = [&](const dns::name& name) {
    for (dns::name above(name.view().parent()); above.view().is_within(zone.apex) && above != zone.apex;
         above = dns::name(above.view().parent()))
      if (is_cut(above)) return true;
    return false;
  };
  std::map<dns::name, std::set<record_type>> names;
  for (const auto& each : zone.records)
    if (!is_below_a_cut(each.owner)) names[each.owner].insert(each.type);
  for (auto at = names.begin(); at != names.end(); ++at) {
    const dns::name next = std::next(at) == names.end() ? names.begin()->first : std::next(at)->first;
    at->second.insert(record_type::nsec);
    octets rdata;
    append(rdata, next.view().wire());
    std::array<std::byte, 34> bitmap{std::byte{0}, std::byte{32}};
    for (const record_type type : at->second) {
      const auto number = static_cast<std::size_t>(type);
      bitmap[2 + number / 8] |= static_cast<std::byte>(0x80U >> number % 8);
    }
    append(rdata, bitmap);
    zone.records.push_back({at->first, record_type::nsec, rdata, 60});
  }
  for (const auto& [name, types] : names)
    for (const record_type type : types) {
      if (is_cut(name) && type != record_type::ds && type != record_type::nsec) continue;
      dns_record_set set{.owner = name, .type = type};
      for (const auto& each : zone.records)
        if (each.owner == name && each.type == type) set.add(each.data);
      zone.records.push_back({name, record_type::rrsig, key.sign(set.view(), zone.apex, now, lifetime)});
    }
}

}  // namespace mirage::test
