// SPDX-License-Identifier: ISC
// What servers ask each other, whom they trust for it, and where they are: keys (RFC 8945), who may have
// whole zones (RFC 5936 §5), notifications (RFC 1996). Nobody may anything that is not said here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "mirage/core/endpoint.hpp"
#include "mirage/core/ip_prefix.hpp"
#include "mirage/core/result.hpp"
#include "mirage/dns/name.hpp"
#include "mirage/dns/tsig.hpp"

namespace mirage::dns {

/// `192.0.2.0/24`, `192.0.2.1`, `#KEY`, or `192.0.2.0/24#KEY` where both must be right.
struct transfer_rule {
  std::optional<ip_prefix> from{};
  std::optional<name> key{};  ///< that signs the request

  /// Else what is wrong with the text.
  [[nodiscard]] static result<transfer_rule, std::string_view> parse(std::string_view text) noexcept;
  /// `signer` is null of a request that is not signed.
  [[nodiscard]] bool allows(const ip_address& client, const tsig_key* signer) const noexcept;
};

/// Another server: `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:53`, with `#KEY` behind if messages to it
/// are signed.
struct peer {
  endpoint at{};
  std::optional<name> key{};

  /// Else what is wrong with the text.
  [[nodiscard]] static result<peer, std::string_view> parse(std::string_view text) noexcept;
};

/// The keys that are known.
class key_ring {
 public:
  void add(tsig_key key) { keys_.push_back(std::move(key)); }
  /// Null for a stranger's.
  [[nodiscard]] const tsig_key* find(name_view id) const noexcept;

 private:
  std::vector<tsig_key> keys_;
};

/// What is done when another server says that a zone has changed (RFC 1996 §3.11).
class notify_sink {
 public:
  /// `no_error` if the zone is one of ours whose primary that is; it is fetched then. Never waits.
  [[nodiscard]] virtual rcode notified(name_view zone, const ip_address& from, const tsig_key* signer) = 0;

 protected:
  ~notify_sink() = default;
};

}  // namespace mirage::dns
