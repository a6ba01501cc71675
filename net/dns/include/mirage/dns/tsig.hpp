// SPDX-License-Identifier: ISC
// Transaction signatures: messages that two servers sign with a key that both know. RFC 8945. An exchange is
// a request and its answer, which may be of many messages (§5.3.1); both ends are made of the same steps.
//
//   tsig_exchange exchange(key);               // the server's end
//   auto found = tsig_record::of(request);
//   if (exchange.verify(request, *found, now) == rcode::no_error)
//     size = exchange.sign(space, size, now);  // each message of the answer
//
// Not implemented: HMAC-MD5 and GSS-TSIG; MACs that are cut short are refused (§5.2.4).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/result.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/types.hpp"
#include "mirage/dns/wire.hpp"

namespace mirage::dns {

enum class tsig_algorithm : std::uint8_t { hmac_sha1, hmac_sha224, hmac_sha256, hmac_sha384, hmac_sha512 };
/// `hmac-sha256`.
[[nodiscard]] std::string_view name_of(tsig_algorithm algorithm) noexcept;
/// Octets of its MAC.
[[nodiscard]] std::size_t mac_size(tsig_algorithm algorithm) noexcept;

struct tsig_key {
  name id{};
  tsig_algorithm algorithm = tsig_algorithm::hmac_sha256;
  std::vector<std::byte> secret{};

  /// `NAME:ALGORITHM:BASE64`, as in `xfr.example:hmac-sha256:c2VjcmV0`; else what is wrong with it.
  [[nodiscard]] static result<tsig_key, std::string_view> parse(std::string_view text);
};

/// The TSIG record of a message, where it lies there (§4.2).
struct tsig_record {
  name key{};
  name algorithm{};
  std::uint64_t time = 0;   ///< seconds since 1970 when it was signed, 48 bits
  std::uint16_t fudge = 0;  ///< seconds by which clocks may differ
  cbytes mac{};
  std::uint16_t original_id = 0;
  rcode error = rcode::no_error;
  cbytes other{};
  std::size_t at = 0;  ///< where the record begins: all before it is signed

  /// Nothing when the message has none. It is the last record, of class ANY and TTL 0, or an error.
  [[nodiscard]] static result<std::optional<tsig_record>, wire_error> of(cbytes message) noexcept;
};

/// One end of an exchange. What is signed depends on all that was signed before, so every message goes
/// through it, in its order.
class tsig_exchange {
 public:
  static constexpr std::uint16_t fudge = 300;  ///< of what is signed here; RFC 8945 §10

  /// The key must outlive it.
  explicit tsig_exchange(const tsig_key& key);
  ~tsig_exchange();
  tsig_exchange(tsig_exchange&&) noexcept;
  tsig_exchange& operator=(tsig_exchange&&) noexcept;

  /// What is wrong with a message that came (§5.2): `bad_key`, `bad_signature`, `bad_time`, `bad_truncation`,
  /// `format_error` for a MAC of no possible size, or nothing. `found` is its record, `now` the seconds since
  /// 1970. After `bad_time` and `bad_truncation` the answer is signed, after the others it must not be.
  [[nodiscard]] rcode verify(cbytes message, const tsig_record& found, std::uint64_t now) noexcept;
  /// A message without a TSIG between others of one answer; the next one's covers it (§5.3.1).
  void add_unsigned(cbytes message) noexcept;

  /// Octets that `sign` adds.
  [[nodiscard]] std::size_t size() const noexcept;
  /// Signs the message in the first `size` octets of `space`, which has room for `this->size()` more. Gives
  /// its size then. `error` is `bad_time` or `bad_truncation` of the request that is answered.
  [[nodiscard]] std::size_t sign(bytes space, std::size_t size, std::uint64_t now,
                                 rcode error = rcode::no_error) noexcept;

 private:
  struct state;
  std::unique_ptr<state> state_;
};

/// Octets that `add_tsig_error` adds.
[[nodiscard]] std::size_t tsig_error_size(const tsig_record& request) noexcept;
/// Adds a TSIG without a MAC to an answer that cannot be signed (§5.3.2): `bad_key` or `bad_signature`.
[[nodiscard]] std::size_t add_tsig_error(bytes space, std::size_t size, const tsig_record& request,
                                         rcode error) noexcept;

}  // namespace mirage::dns
