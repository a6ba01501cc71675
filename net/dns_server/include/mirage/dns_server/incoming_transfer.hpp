// SPDX-License-Identifier: ISC
// A zone transfer from a primary, message by message: RFC 5936 §2.2, RFC 1995 §4. Nothing that came is served
// before its end has come and, with a key, is signed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/shared.hpp"
#include "mirage/dns/message.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/tsig.hpp"
#include "mirage/dns/zone.hpp"
#include "mirage/dns/zone_records.hpp"

namespace mirage::dns {

enum class transfer_error : std::uint8_t {
  none,
  malformed,
  refused,
  not_signed,
  bad_record,
  bad_order,
  other_version,
  too_large
};
[[nodiscard]] std::string_view describe(transfer_error error) noexcept;

struct incoming_options {
  std::size_t most_octets = 256 * 1024 * 1024;  ///< of messages
};

class incoming_transfer {
 public:
  /// What follows the version that we have, or all of the zone where that is null. The key, if one is used,
  /// must outlive it.
  incoming_transfer(name_view origin, shared<const zone> have, const tsig_key* key,
                    const incoming_options& options = {});
  ~incoming_transfer();
  incoming_transfer(const incoming_transfer&) = delete;
  incoming_transfer& operator=(const incoming_transfer&) = delete;

  /// The query, at most 1024 octets; gives its size. `seconds` is the time since 1970.
  [[nodiscard]] std::size_t ask(bytes out, std::uint16_t id, std::uint64_t seconds);

  enum class state : std::uint8_t { more, building, done, failed };
  /// A message of the answer.
  [[nodiscard]] state input(cbytes message, std::uint64_t seconds);
  /// All that is `building` has come: goes on making the zone of it, by so many records.
  [[nodiscard]] state build(std::size_t records);

  [[nodiscard]] transfer_error error() const noexcept { return error_; }
  /// Of the answer that refused.
  [[nodiscard]] rcode code() const noexcept { return code_; }
  /// When it is done: the zone; null when ours is as new as the primary's.
  [[nodiscard]] shared<const zone> take() noexcept { return std::move(made_); }

 private:
  enum class step : std::uint8_t { first_soa, second, whole, removing, adding, end };
  struct change;

  state failed(transfer_error why) noexcept;
  [[nodiscard]] bool check_signature(cbytes message, std::uint64_t seconds);
  [[nodiscard]] bool check_head(message_reader& reader);
  [[nodiscard]] bool take_records(message_reader& reader);
  [[nodiscard]] bool take_record(const record& each, cbytes rdata);
  [[nodiscard]] bool take_soa(const record& each, cbytes rdata);
  [[nodiscard]] bool add_whole(const record& each, cbytes rdata);
  [[nodiscard]] bool change_record(const record& each, cbytes rdata, bool added);
  [[nodiscard]] bool all_came();
  [[nodiscard]] bool apply_changes(std::size_t& records);
  [[nodiscard]] bool keep_record(const zone_records& each);
  [[nodiscard]] bool add_change();
  bool wrong(transfer_error why) noexcept {
    error_ = why;
    return false;
  }

  name origin_;
  shared<const zone> have_;
  std::optional<tsig_exchange> exchange_;
  incoming_options options_;
  std::uint16_t id_ = 0;
  std::size_t octets_ = 0;
  unsigned unsigned_messages_ = 0;  // since the last signed one
  bool first_message_ = true;
  step step_ = step::first_soa;
  std::uint32_t target_ = 0;   // the serial of the first SOA
  std::uint32_t current_ = 0;  // of the difference that is read
  std::uint32_t soa_ttl_ = 0;
  std::vector<std::byte> soa_;
  std::vector<std::byte> rdata_;
  std::optional<zone_builder> builder_;
  std::map<std::vector<std::byte>, change> changes_;  // by owner, type and data
  std::size_t missing_ = 0;                           // records that were removed and that we have not met
  std::optional<zone_records> unchanged_;             // of our version, those that were not looked at
  shared<const zone> made_;
  transfer_error error_ = transfer_error::none;
  rcode code_ = rcode::no_error;
};

}  // namespace mirage::dns
