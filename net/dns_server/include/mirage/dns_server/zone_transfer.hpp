// SPDX-License-Identifier: ISC
// A zone transfer to a secondary, message by message: RFC 5936 §2.2 and §3, RFC 1995 §4. The version of the
// zone with which it began is held until it ends, so no other one is mixed into it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "mirage/core/bytes.hpp"
#include "mirage/core/shared.hpp"
#include "mirage/dns/query.hpp"
#include "mirage/dns/tsig.hpp"
#include "mirage/dns/zone.hpp"
#include "mirage/dns/zone_difference.hpp"
#include "mirage/dns/zone_records.hpp"

namespace mirage::dns {

class zone_transfer {
 public:
  using differences = std::vector<shared<const zone_difference>>;

  /// All of the zone.
  zone_transfer(const query& asked, shared<const zone> of)
      : zone_transfer(asked, std::move(of), {}, step::zone_begin) {}
  /// What leads to the zone from an older version of it.
  zone_transfer(const query& asked, shared<const zone> of, differences from)
      : zone_transfer(asked, std::move(of), std::move(from), step::differences_begin) {}
  /// The SOA alone: there is nothing newer, or it does not fit.
  [[nodiscard]] static zone_transfer soa_alone(const query& asked, shared<const zone> of) {
    return {asked, std::move(of), {}, step::last_soa};
  }
  /// What is sent from now on is signed.
  void sign_with(std::optional<tsig_exchange> exchange) noexcept { signer_ = std::move(exchange); }
  /// Keeps something alive as long as the transfer, which counts it.
  void hold(shared<int> what) noexcept { held_ = std::move(what); }

  [[nodiscard]] bool at_end() const noexcept { return step_ == step::end; }
  /// The next message, of as many records as there is room for; gives its size. `out` has room for 65535
  /// octets over TCP; one that has not even room for the SOA ends the transfer with 0.
  [[nodiscard]] std::size_t next(bytes out, std::uint64_t seconds);

 private:
  enum class step : std::uint8_t { zone_begin, zone, differences_begin, removed, added, last_soa, end };
  zone_transfer(const query& asked, shared<const zone> of, differences from, step first);
  [[nodiscard]] bool write_next(message_writer& writer);
  [[nodiscard]] bool write_listed(message_writer& writer, step then);
  [[nodiscard]] bool write_soa(message_writer& writer) const noexcept;

  header head_;
  question question_;
  std::optional<edns> edns_;
  bool first_ = true;
  shared<const zone> zone_;
  zone_records records_;
  differences differences_;
  std::size_t difference_ = 0;
  cbytes listed_{};  // of a difference, what is still to be sent
  step step_;
  std::optional<tsig_exchange> signer_;
  shared<int> held_;
};

}  // namespace mirage::dns
